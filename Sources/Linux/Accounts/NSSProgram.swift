internal import CLinux

/// Each setuid program is installed in two versions. The one that users execute is linked
/// statically: it starts faster, and no dynamic loader and no plug-in of NSS ever runs in it. It
/// reads /etc/passwd and /etc/group. If these are not sufficient, it executes `NAME.nss`
/// (execveat(2)), the same program linked dynamically, which is not setuid and can be executed by
/// root only. A program that is linked with musl, which has no NSS, has no second one.
package enum NSSProgram {
    package enum ExecutionError: Error {
        /// The files are not sufficient, and `NAME.nss` is missing.
        case missing(name: String)
        case untrusted(TrustedFile.TrustError)
        case failed(Errno)
        #if BERTH_MUSL
            /// The files are not sufficient, and musl has no NSS.
            case noNSS
        #endif
    }

    /// The end of an error message that only programs linked with musl contain.
    fileprivate static let muslReason = "because this program is linked with musl"

    /// - Returns: whether the program is linked with musl, so that it never executes another one;
    ///   `nil` if it cannot be read.
    package static func isUnused(byProgramAt path: String) -> Bool? {
        do throws(Errno) {
            let bytes = try SmallFile.contents(of: path, atMost: 8 << 20)
            return bytes.map {
                firstIndex(of: Array(muslReason.utf8), in: $0, from: 0) != nil
            }
        } catch { return nil }
    }

    #if BERTH_MUSL
        package static func accountsOrExecute(
            _ name: String, for caller: Credentials, namedIn policies: [String],
            _ command: () -> (words: [[UInt8]], environment: [[UInt8]])
        ) throws(ExecutionError) -> CallerAccounts? {
            if let accounts = CallerAccounts.read(of: caller, namedIn: policies) { return accounts }
            throw .noNSS
        }
    #elseif BERTH_STATIC
        /// Reads what this program needs to know about the caller. If the account files are not
        /// sufficient, executes the program that uses NSS, which starts from the beginning: call
        /// this before the process has changed anything.
        /// - Parameters:
        ///   - name: the name of this program.
        ///   - policies: see ``CallerAccounts/read(of:namedIn:from:otherwise:)``.
        ///   - command: the command line and the environment of this program.
        /// - Returns: `nil` in a program that uses NSS.
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
                + "groups, and \(name).nss, which queries the other sources in /etc/nsswitch.conf, "
                + "is missing: install Berth again"
        case .untrusted(let error): error.description
        #if BERTH_MUSL
            case .noNSS:
                "/etc/passwd and /etc/group are not sufficient to determine the caller's name and "
                    + "groups, and the other sources in /etc/nsswitch.conf cannot be queried, "
                    + "\(NSSProgram.muslReason): add the caller to these files, or install the "
                    + "programs for glibc"
        #endif
        case .failed(let errno): "cannot look up users: \(errno.description)"
        }
    }
}
