import HostPaths
import Linux
import SecureStart

// Started by pam_exec(8) to start berth-cgroup: `berth-pam PROGRAM [ARGUMENT…]` executes the
// program with the variables that pam_exec sets for the login, and no others.
//
// 1. pam_exec passes all variables that PAM modules have set to a program that runs as root. With
//    user_readenv=1 in pam_env(8), the user chooses some of them. They stay set until the end of
//    the session, so a line of pam_exec before that of pam_env does not help. A dynamic loader
//    would obey LD_PRELOAD before the program begins.
// 2. Therefore this program is linked statically (Package.swift), and no dynamic loader runs. The C
//    library also reads variables before main. The entry point of this program runs before that,
//    and removes the environment (CSecureStart's early_start.c).
// 3. Limits, working directory, signals and umask are those of the user who started su(1), and are
//    reset first. The core limit is set to 0 even before that (early_start.c), for this program and
//    the one it executes.
// 4. The user who started su(1) can kill su. The kernel then kills this program as well
//    (PR_SET_PDEATHSIG in prctl(2)). Otherwise, a process of the user could adopt this program, and
//    would be moved as if it were the session.
// 5. pam_exec appends its variables to those of the modules, which may have the same names.
//    Therefore, of several variables with the same name, the last one is used.

let session = ProcessID.parent
do throws(Errno) {
    guard try ProcessID.setParentDeathSignal(session) else { exitProcess(status: 1) }
} catch { exitProcess(status: 1) }
// Raise limits before any memory is allocated: with the caller's limits, an allocation could fail
// and end the program.
do throws(Errno) { try ProcessSanitizer.sanitize() } catch {
    try? OutputLine.error("berth-pam: \(error.description)")
    exitProcess(status: 1)
}
let words = SecureStart.arguments
if words.first.map({ $0.elementsEqual("--version".utf8) }) == true {
    do throws(Errno) { try OutputLine.result("berth-pam \(Version.number)") } catch {
        try? OutputLine.error("berth-pam: cannot write to standard output: \(error.description)")
        exitProcess(status: 1)
    }
    exitProcess(status: 0)
}
guard let program = words.first else {
    try? OutputLine.error("berth-pam: no program to run: give its path in the line of pam_exec")
    exitProcess(status: 1)
}
do throws(ExecTarget.LookupError) {
    throw try ExecTarget(words, environment: settings()).begin()
} catch {
    try? OutputLine.error("berth-pam: cannot run \(printable(program))")
    exitProcess(status: error.exitStatus)
}

/// Returns the last variable of each name.
func settings() -> [[UInt8]] {
    let given = SecureStart.environment
    return ["PAM_TYPE=", "PAM_USER=", "PAM_SERVICE="].compactMap { name in
        given.last { $0.starts(with: name.utf8) }
    }
}
