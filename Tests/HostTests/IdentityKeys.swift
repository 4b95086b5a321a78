import Glibc
import TestSupport
import Testing

/// The key from which hardware addresses are derived.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct IdentityKeys {
    @Test("20 helpers that start at the same time without a key use the same new key")
    func race() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            for _ in 1...5 {
                shell("rm -f /etc/lxc/berth.key")
                let process = Container(of: 2000)
                let answers = script("first-users", ["\(process.process)"]).lines
                    .map { $0.split(separator: " ").map(String.init) }
                expect(answers.count, is: 20)
                expect(keyFiles, is: "600 0:0 32 berth.key")
                let given = Dictionary(
                    uniqueKeysWithValues: try answers.map {
                        ($0[0], try address(of: try #require($0.last), in: process))
                    })
                process.end(host)
                let again = Container(of: 2000)
                for (name, address) in given {
                    expect(try NIC(name, again).address, is: address, name)
                }
                again.end(host)
            }
        }
    }

    @Test("a helper killed while it creates the key leaves a complete key or none")
    func killed() async {
        await #expect(processExitsWith: .success) {
            _ = try Host.withBridge()
            let process = Container(of: 2000)
            let words = ["create", "/p", "web", "\(process.process)", "veth", "br0"]
            let trace = "/run/test/trace"
            let run = { (options: [String]) in
                TestSupport.run(
                    ["strace", "-qq", "-u", "eve"] + options + [Program.ours.installed] + words)
            }
            shell("rm -f /etc/lxc/berth.key")
            expect(run(["-o", trace]).status, is: 0)
            let calls = contents(of: trace).split(separator: "\n").map { line in
                String(line.prefix { $0 != "(" })
            }
            let creation = try #require(calls.firstIndex(of: "linkat"))
            var times: [String: Int] = [:]
            for (number, call) in calls.enumerated() {
                times[call, default: 0] += 1
                guard number > 0, (creation - 12...creation + 6).contains(number) else { continue }
                for fault in ["signal=KILL", "error=EIO"] {
                    shell("rm -f /etc/lxc/berth.key")
                    let outcome = run([
                        "-o", "/dev/null", "-e", "inject=\(call):\(fault):when=\(times[call] ?? 1)",
                    ])
                    let note = "\(call) \(fault): \(outcome)"
                    let key = keyFiles.split(separator: "\n").filter { $0.hasSuffix(" berth.key") }
                    expect(key.allSatisfy { $0 == "600 0:0 32 berth.key" }, "\(note) \(keyFiles)")
                    if fault == "signal=KILL" { expect(outcome.status, is: 128 + 9, note) }
                    let left = shell("find /etc/lxc -name '.berth.key.*'").output
                    expect(left.split(separator: "\n").count <= 1, "\(note) left \(left)")
                }
            }
        }
    }

    @Test("without a usable key, addresses are random, and the file is not changed")
    func unusable() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let key = "/etc/lxc/berth.key"
            let make = "umask 077; rm -f \(key); head -c 32 /dev/urandom >\(key)"
            for spoil in [
                "chmod 644 \(key)", "chmod 640 \(key)", "chown 2000 \(key)",
                "truncate -s 31 \(key)",
                "truncate -s 0 \(key)", "echo more >>\(key)",
                "mv \(key) /etc/lxc/real && ln -s real \(key)", "rm \(key); mkfifo \(key)",
                "rm \(key); mkdir \(key)",
            ] {
                shell("\(make); \(spoil)")
                let state = "stat -c '%F %a %u %s' \(key)"
                let before = shell(state).output
                let addresses = try (1...2).map { _ in
                    let container = Container(of: 2000)
                    let nic = try NIC("web", container)
                    expect(host.fact("alias", of: nic.name), is: "lxc:eve/web", spoil)
                    container.end(host)
                    return nic.address
                }
                expect(addresses[0] != addresses[1], spoil)
                expect(!addresses[0].hasPrefix("b2:bf"), spoil)
                expect(shell(state).output, is: before, spoil)
                shell("rm -rf \(key) /etc/lxc/real")
            }
            // A read-only /etc/lxc.
            shell("mount --bind -o ro /etc/lxc /etc/lxc; mount -o remount,bind,ro /etc/lxc")
            let nic = try NIC("web", Container(of: 2000))
            expect(!nic.address.hasPrefix("b2:bf"), nic.address)
            expect(host.ledger.count, is: host.nics.count)
        }
    }

    @Test("macfilter works without a key")
    func filterWithoutKey() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 1 macfilter")
            shell("mkdir /etc/lxc/berth.key")
            let nic = try NIC("web", Container(of: 2000))
            expect(nic.address.hasPrefix("02:"), nic.address)
            expect(shell("bridge fdb show dev \(nic.name)").output.contains(nic.address))
        }
    }
}

/// Mode, owner, size and name of the files that creating a key can leave.
private var keyFiles: String {
    shell("cd /etc/lxc && find . -maxdepth 1 -name '*key*' -printf '%m %U:%G %s %f\\n'").output
        .trimmingNewline
}

private func address(of answer: String, in container: Container) throws -> String {
    let name = answer.prefix { $0 != ":" }
    let words = container.shell("ip -o link show \(name)").output.split(separator: " ")
    let place = try #require(words.firstIndex(of: "link/ether"), "\(answer)")
    return String(words[place + 1])
}

extension String {
    fileprivate var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
