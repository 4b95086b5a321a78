import Linux
import RunCommand
import SecureStart

// Runs a command in a cgroup of its user's own, as root by its setuid bit until that is done. It ends as
// the command does, or with 127 if there is no such command, 126 if it cannot be run, and 125 if it was
// not tried, with one line that says why.

do throws(Refusal) {
    switch try CommandLauncher.prepare(
        SecureStart.arguments, environment: SecureStart.environment)
    {
    case .answer(let text):
        do throws(Errno) { try OutputLine.result(text) } catch { throw .answer(error) }
        leave(true)
    case .command(let command):
        let absence = command.begin()
        throw .command(command.name, absence)
    }
} catch {
    // Not as root: what is told goes into a descriptor of the caller's.
    guard RootPrivilege.dropAll() else { leave(status: 125) }
    try? AppArmorProfile.leave(CommandLauncher.profile)
    try? OutputLine.error("berth-run: \(error.description)")
    leave(status: error.exitStatus)
}
