import Linux
import RunCommand
import SecureStart

// Runs a command in a new cgroup of its user. Setuid root until the cgroup is entered. Exit status:
// that of the command, or 127 if it does not exist, 126 if it cannot be run, and 125 for an error
// of this program, with one line on standard error.

do throws(Refusal) {
    switch try CommandLauncher.prepare(
        SecureStart.arguments, environment: SecureStart.environment)
    {
    case .answer(let text):
        do throws(Errno) { try OutputLine.result(text) } catch { throw .answer(error) }
        exitProcess(status: 0)
    case .command(let command):
        throw .command(command.name, command.begin())
    }
} catch {
    // Drop root first: standard error is a descriptor that the caller opened.
    guard RootPrivilege.dropAll() else { exitProcess(status: 125) }
    try? AppArmorProfile.leave(CommandLauncher.profile)
    try? OutputLine.error("berth-run: \(error.description)")
    exitProcess(status: error.exitStatus)
}
