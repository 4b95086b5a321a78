import HostPaths
import Linux
import SecureStart
import SystemdScope

// Runs a command in a transient scope with Delegate=yes of the caller's systemd manager:
// `berth-scope UNIT COMMAND [ARGUMENT…]`. berth-run executes this program after it has given up
// root. The command inherits the environment, descriptors, signals, limits and umask of berth-run's
// caller. Exit status, as for berth-run: that of the command, or 127 if it does not exist, 126 if
// it cannot be run, and 125 for an error of this program.

let words = SecureStart.arguments
if words.count == 1, words[0].elementsEqual("--version".utf8) {
    do throws(Errno) { try OutputLine.result("berth-scope \(Version.number)") } catch {
        fail("cannot write to standard output: \(error.description)", 125)
    }
    exitProcess(status: 0)
}
guard let unit = words.first, words.count > 1 else {
    fail("usage: berth-scope UNIT COMMAND [ARGUMENT...]; berth-run starts it", 125)
}
let command: ExecTarget
do throws(ExecTarget.LookupError) {
    command = try ExecTarget(Array(words[1...]), environment: SecureStart.environment)
} catch { fail(error, of: printable(words[1])) }
do throws(Errno) {
    // Otherwise the D-Bus connection could get the number of a closed standard descriptor, and
    // errors would be written to it.
    try ProcessSanitizer.openStandardDescriptors(keepingThem: false)
} catch { fail("cannot open /dev/null: \(error.description)", 125) }
do throws(ScopeError) {
    try DelegatedScope.enter(
        printable(unit), description: command.name, by: Paths.userManagerSocket(of: ownUser.number))
} catch { fail(error.description, 125) }
fail(command.begin(), of: command.name)

func fail(_ error: ExecTarget.LookupError, of command: String) -> Never {
    fail(error.sentence(for: command), error.exitStatus)
}

func fail(_ reason: String, _ status: Int32) -> Never {
    try? OutputLine.error("berth-scope: \(reason)")
    exitProcess(status: status)
}
