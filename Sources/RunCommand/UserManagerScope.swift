internal import Delegation
internal import Linux

extension Systemd {
    /// Has the caller's manager start a scope with Delegate=yes, and the command in it: systemd-run becomes
    /// the command once the scope is there. To be called only after root's privileges are gone.
    static func outcome(
        of request: Request, for user: UserID, environment: [[UInt8]]
    ) throws(Refusal) -> CommandLauncher.Outcome {
        guard case .run(let command) = request.action else {
            return .answer(
                "a scope with Delegate=yes under user@\(user.number).service, by systemd")
        }
        do throws(ExecTarget.LookupError) {
            _ = try ExecTarget(command, environment: environment)
        } catch { throw .command(printable(command.first ?? []), error) }
        let directory = "/run/user/\(user.number)"
        guard SmallFile.exists("\(directory)/systemd/private") else { throw .noManager(user) }
        let name: [UInt8]
        do { name = try CommandCgroup.newName(request.suffix) } catch {
            throw .commandCgroup(.refused(error), in: "user@\(user.number).service")
        }
        let words =
            ["systemd-run", "--user", "--scope", "--quiet", "--collect", "-p", "Delegate=yes"]
            .map { Array($0.utf8) } + [
                Array("--unit=".utf8) + name + Array(scopeSuffix.utf8), Array("--".utf8),
            ]
        // In a session of su(1) these are another user's, or missing.
        let own = [
            Array("XDG_RUNTIME_DIR=\(directory)".utf8),
            Array("DBUS_SESSION_BUS_ADDRESS=unix:path=\(directory)/bus".utf8),
        ]
        let rest = environment.filter { setting in
            !own.contains { setting.starts(with: $0[...($0.firstIndex(of: 0x3d) ?? 0)]) }
        }
        do throws(ExecTarget.LookupError) {
            return .command(try ExecTarget(words + command, environment: rest + own))
        } catch { throw .command("systemd-run", error) }
    }
}
