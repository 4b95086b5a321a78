import HostPaths
import Linux
import SecureStart

// What pam_exec(8) starts, to start berth-cgroup: `berth-pam PROGRAM [ARGUMENT…]` becomes the program, which
// gets nothing of the environment but what pam_exec itself says of the login.
//
// 1. pam_exec gives a program of root's all the variables that modules set, and a user chooses those of
//    pam_env(8) with user_readenv=1: at the end of a session wherever its line stands. A dynamic loader
//    would do what LD_PRELOAD says before the first line of any program's own.
// 2. So this one has no loader: it is linked statically (Package.swift), and loads nothing. The C library has
//    variables of its own, and reads them before any program begins: this one begins before it, and takes the
//    environment away (CSecureStart's early_start.c).
// 3. Limits, working directory, signals and umask are those of whoever started su(1): they become its own
//    first, and no core is left of it or of what it becomes: that limit is set before all else.
// 4. What pam_exec says stands behind the variables of modules, among which may be one of the same name:
//    the last counts.

// Before any memory is asked for: a limit of the caller's could end this here.
do throws(Errno) { try ProcessSanitizer.sanitize() } catch {
    try? OutputLine.error("berth-pam: \(error.description)")
    leave(false)
}
let words = SecureStart.arguments
if words.first.map({ $0.elementsEqual("--version".utf8) }) == true {
    do throws(Errno) { try OutputLine.result("berth-pam \(Version.number)") } catch {
        try? OutputLine.error("berth-pam: cannot write the answer: \(error.description)")
        leave(false)
    }
    leave(true)
}
guard let program = words.first else {
    try? OutputLine.error("berth-pam: there is nothing to run: name the program in PAM's line")
    leave(false)
}
do throws(ExecTarget.LookupError) {
    throw try ExecTarget(words, environment: settings()).begin()
} catch {
    try? OutputLine.error("berth-pam: cannot run \(printable(program))")
    leave(status: error.exitStatus)
}

/// - Returns: the last setting of each name.
func settings() -> [[UInt8]] {
    let given = SecureStart.environment
    return ["PAM_TYPE=", "PAM_USER=", "PAM_SERVICE="].compactMap { name in
        given.last { $0.starts(with: name.utf8) }
    }
}
