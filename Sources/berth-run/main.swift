import CSecureStart
import Linux
import RunCommand

// Runs a command in a cgroup of its user's own, as root by its setuid bit until that is done. It ends as
// the command does, or with 127 if there is no such command, 126 if it cannot be run, and 125 if it was
// not tried, with one line that says why.

do throws(Refusal) {
    let words = (1..<max(1, secure_start_argument_count())).map { index in
        (0..<secure_start_argument_length(index)).map { secure_start_argument_byte(index, $0) }
    }
    switch try CommandLauncher.prepare(words, environment: environmentOfCaller()) {
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

func environmentOfCaller() -> [[UInt8]] {
    var length: UInt = 0
    let start = unsafe secure_start_environment(&length)
    return unsafe UnsafeBufferPointer(start: start, count: Int(length))
        .split(separator: 0, omittingEmptySubsequences: false).dropLast().map { unsafe Array($0) }
}
