internal import CLinux

/// A setuid program exists twice. The installed one is linked statically: it starts faster, and no
/// dynamic loader and no plug-in of NSS ever runs in it. It reads /etc/passwd and /etc/group. If
/// these are not sufficient, it executes `NAME.nss` (execveat(2)), the same program linked
/// dynamically, which is not setuid and can be executed by root only.
package enum NSSProgram {
    package enum ExecutionError: Error {
        /// Neither the files nor `NAME.nss` answer.
        case missing(name: String)
        case untrusted(TrustedFile.TrustError)
        case failed(Errno)
    }

    #if BERTH_STATIC
        /// What the account files say about the caller, as far as this program asks. Otherwise,
        /// this process executes the program that asks NSS, which begins from the start: call it
        /// while nothing has changed yet.
        /// - Parameters:
        ///   - name: the name of this program.
        ///   - policies: see ``CallerAccounts/read(of:namedIn:from:)``.
        ///   - command: the command line and the environment of this program.
        /// - Returns: `nil` in a program that asks NSS.
        package static func accountsOrExecute(
            _ name: String, for caller: Credentials, namedIn policies: [String],
            _ command: () -> (words: [[UInt8]], environment: [[UInt8]])
        ) throws(ExecutionError) -> CallerAccounts? {
            if let accounts = CallerAccounts.read(of: caller, namedIn: policies) { return accounts }
            let program: TrustedFile
            do throws(TrustedFile.TrustError) {
                program = try .openBesideThisProgram("\(name).nss")
            } catch {
                if case .missing = error { throw .missing(name: name) }
                throw .untrusted(error)
            }
            let (words, environment) = command()
            throw .failed(program.execute([Array(name.utf8)] + words, environment))
        }
    #else
        package static func accountsOrExecute(
            _ name: String, for caller: Credentials, namedIn policies: [String],
            _ command: () -> (words: [[UInt8]], environment: [[UInt8]])
        ) throws(ExecutionError) -> CallerAccounts? { nil }
    #endif
}

extension NSSProgram.ExecutionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let name):
            "/etc/passwd and /etc/group are not sufficient to determine the caller's name and "
                + "groups, and \(name).nss, which asks the other sources in /etc/nsswitch.conf, is "
                + "missing: install Berth again"
        case .untrusted(let error): error.description
        case .failed(let errno): "cannot look up users: \(errno.description)"
        }
    }
}
