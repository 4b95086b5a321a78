internal import CLinux

/// A setuid program exists twice. The installed one is linked statically: it starts faster, and no
/// dynamic loader and no plug-in of NSS ever runs in it. It reads /etc/passwd and /etc/group.
/// Where these do not suffice, it becomes `NAME.nss`, the same program linked dynamically, which is
/// not setuid and can be executed by root only.
package enum NSSProgram {
    package enum BecomingError: Error {
        /// Neither the files nor `NAME.nss` answer.
        case missing(name: String)
        case untrusted(TrustedFile.TrustError)
        case failed(Errno)
    }

    #if BERTH_STATIC
        /// What the account files say about the caller, as far as this program asks. Otherwise,
        /// this process becomes the program that asks NSS. Call it before anything that the caller
        /// chose is examined.
        /// - Parameters:
        ///   - name: the name of this program.
        ///   - directories: where `NAME.nss` may be, relative to the directory of this program.
        ///   - policies: see ``CallerAccounts/read(of:namedIn:)``.
        ///   - command: the command line and the environment of this program.
        /// - Returns: `nil` in a program that is not setuid, and in one that asks NSS.
        package static func accountsOrBecome(
            _ name: String, in directories: [String], namedIn policies: [String],
            _ command: () -> (words: [[UInt8]], environment: [[UInt8]])
        ) throws(BecomingError) -> CallerAccounts? {
            let ids = UserIDs.atStart
            guard ids.effective == .root else { return nil }
            let caller: Credentials
            do throws(Errno) { caller = try .withGroupsOfThisProcess(ids.real) } catch {
                throw .failed(error)
            }
            if let accounts = CallerAccounts.read(of: caller, namedIn: policies) { return accounts }
            let (words, environment) = command()
            throw become(name, in: directories, [Array(name.utf8)] + words, environment)
        }

        private static func become(
            _ name: String, in directories: [String], _ words: [[UInt8]], _ environment: [[UInt8]]
        ) -> BecomingError {
            do throws(Errno) {
                let own = try SmallFile.target(of: "/proc/self/exe")
                let place = own.prefix(own.lastIndex(of: 0x2f) ?? 0)
                for directory in directories {
                    let path = String(decoding: place, as: UTF8.self) + directory
                    do throws(TrustedFile.TrustError) {
                        let program = try TrustedFile.open("\(name).nss", in: path)
                        return .failed(program.execute(words, environment))
                    } catch {
                        if case .missing = error { continue }
                        return .untrusted(error)
                    }
                }
                return .missing(name: name)
            } catch { return .failed(error) }
        }
    #else
        package static func accountsOrBecome(
            _ name: String, in directories: [String], namedIn policies: [String],
            _ command: () -> (words: [[UInt8]], environment: [[UInt8]])
        ) throws(BecomingError) -> CallerAccounts? { nil }
    #endif
}

extension NSSProgram.BecomingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let name):
            "/etc/passwd and /etc/group do not suffice to know the caller's name and groups, and "
                + "\(name).nss, which asks the other sources in /etc/nsswitch.conf, is missing: "
                + "install Berth again"
        case .untrusted(let error): error.description
        case .failed(let errno): "cannot look up users: \(errno.description)"
        }
    }
}
