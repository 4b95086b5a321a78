import Glibc
import TestSupport
import Testing

/// What each shell offers with the completions that `make install` installs.
@Suite(.enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct Completions {
    enum Shell: String, CaseIterable, Codable { case bash, zsh, fish }

    @Test("verbs, options, users and commands are completed", arguments: Shell.allCases)
    func offers(shell: Shell) async {
        await #expect(processExitsWith: .success) { [shell = shell as Shell] in
            let host = try Host.enter()
            host.allow("eve veth lxcbr0 2", "@staff veth lxcbr0 2", "bob veth lxcbr0 1")
            TestSupport.shell(": >/etc/subuid; rm -f /etc/lxc/lxc-usercgroup")
            for name in ["BERTH", "BERTH_NET", "BERTH_CGROUP", "BERTH_RUN"] {
                TestSupport.shell("ln -s '\(variable(name) ?? "")' /run/test/bin/")
            }
            func offered(_ words: String...) -> [String] {
                TestSupport.run(
                    [script, shell.rawValue, variable("BERTH_COMPLETIONS") ?? ""] + words,
                    environment: ["PATH": "/run/test/bin:" + searchPath, "TERM": "dumb"]
                ).lines
            }
            // bash offers options together with subcommands.
            let verbs = ["doctor", "help", "leases", "metrics", "nics", "status"]
            expect(offered("berth", "").filter { $0.first != "-" }, is: verbs)
            expect(
                offered("berth", "status", "--"),
                is: [
                    "--bridge", "--help", "--interval", "--json", "--problems", "--sort", "--user",
                    "--version", "--watch",
                ])
            expect(offered("berth", "status", "--sort", ""), is: ["cpu", "memory", "traffic"])
            expect(offered("berth", "status", "--user", "e"), is: ["eve"])
            expect(offered("berth", "doctor", "").filter { $0.first != "-" }, is: ["bob", "eve"])
            expect(offered("berth", "doctor", "e"), is: ["eve"])
            expect(offered("berth-net", "re"), is: ["reload", "restart"])
            expect(offered("berth-net", "status", "--j"), is: ["--json"])
            expect(offered("berth-cgroup", "te"), is: ["teardown"])
            expect(offered("berth-run", "--s"), is: ["--scope-info"])
            expect(offered("berth-run", "setpri"), is: ["setpriv"])
            // A name that the shell would run as a command is not offered.
            let made = TestSupport.script("odd-containers")
            expect(made.succeeded, "\(made)")
            expect(chdir("/run/test"), is: 0)
            expect(offered("berth", "doctor", "--container", ""), is: ["web"])
            expect(access("/run/test/taken", F_OK) != 0)
            // berth-run completes the arguments of its command.
            let file = offered("berth-run", "--name", "x", "cat", "/etc/lxc/lxc-usern").first ?? ""
            // bash completes file names itself, with quotes, if no completion is offered.
            expect(shell == .bash || file.hasSuffix("lxc-usernet"), file)
            let registered = TestSupport.shell(
                "bash --norc -c '. \(variable("BERTH_COMPLETIONS") ?? "")/bash/berth-run; complete "
                    + "-p'"
            )
            expect(registered.output.contains("-o default"), "\(registered)")
        }
    }
}

private let script = String(#filePath.dropLast("Completions.swift".count)) + "completions.sh"

private let obstacle: String? = {
    if let obstacle = Host.obstacle { return obstacle }
    guard access((variable("BERTH_COMPLETIONS") ?? "") + "/zsh/_berth", R_OK) == 0 else {
        return "no BERTH_COMPLETIONS: run make"
    }
    for shell in Completions.Shell.allCases
    where !TestSupport.shell("command -v \(shell.rawValue)").succeeded {
        return "no \(shell.rawValue): install it"
    }
    return nil
}()
