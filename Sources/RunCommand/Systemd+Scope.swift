internal import Delegation
internal import HostPaths
internal import Linux

extension Systemd {
    /// Prepares the command for a scope with Delegate=yes, which berth-scope asks the caller's
    /// systemd manager to start, as lxc-unpriv-start does with systemd-run(1). Call this only after
    /// root's privileges have been dropped.
    static func outcome(
        of request: Request, for user: UserID, environment: [[UInt8]]
    ) throws(Refusal) -> CommandLauncher.Outcome {
        guard case .run(let command) = request.action else {
            return .answer(
                "a scope with Delegate=yes under user@\(user.number).service, provided by systemd")
        }
        do throws(ExecTarget.LookupError) {
            _ = try ExecTarget(command, environment: environment)
        } catch { throw .command(printable(command.first ?? []), error) }
        let directory = Paths.userRuntime(of: user.number)
        guard SmallFile.exists(Paths.userManagerSocket(of: user.number)) else {
            throw .noManager(user)
        }
        let name: [UInt8]
        do { name = try CommandCgroup.newName(request.suffix) } catch {
            throw .commandCgroup(.refused(error), in: "user@\(user.number).service")
        }
        // After su(1), these variables are those of another user, or are missing.
        let own = [
            Array("XDG_RUNTIME_DIR=\(directory)".utf8),
            Array("DBUS_SESSION_BUS_ADDRESS=unix:path=\(directory)/bus".utf8),
        ]
        let rest = environment.filter { setting in
            !own.contains { setting.starts(with: $0[...($0.firstIndex(of: 0x3d) ?? 0)]) }
        }
        let scope = name + Array(scopeSuffix.utf8)
        for program in try scopePrograms() {
            do throws(ExecTarget.LookupError) {
                return .command(
                    try ExecTarget([program, scope] + command, environment: rest + own))
            } catch {
                if case .notFound = error { continue }
                throw .command(printable(program), error)
            }
        }
        throw .noScopeProgram
    }

    /// The paths where `make install` and distributions place berth-scope, relative to the path of
    /// this program, as the kernel reports it. berth-scope has no more privileges than the caller.
    private static func scopePrograms() throws(Refusal) -> [[UInt8]] {
        let own: [UInt8]
        do throws(Errno) { own = try SmallFile.target(of: "/proc/self/exe") } catch {
            throw .ownPath(error)
        }
        let prefix = own.split(separator: 0x2f).dropLast(2).joined(separator: [0x2f])
        return ["libexec", "lib"].map { directory in
            [0x2f] + prefix + Array("/\(directory)/berth/berth-scope".utf8)
        }
    }
}
