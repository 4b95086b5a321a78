import Glibc

/// A user's process in a new user namespace and network namespace: all that berth-nic sees of a
/// container.
package struct Container {
    package let process: Int32

    /// - Parameter options: for unshare(1); `-n` alone creates no user namespace.
    package init(of user: Int, _ options: String = "-Urn") {
        self.init("setpriv --reuid \(user) --regid \(user) --clear-groups unshare \(options)")
    }

    /// A user's process in a network namespace that root created.
    package init(of user: Int, in namespace: String) {
        TestSupport.shell("ip netns add \(namespace)")
        self.init(
            "ip netns exec \(namespace) setpriv --reuid \(user) --regid \(user) --clear-groups")
    }

    private init(_ prefix: String) {
        // The container writes its process ID once the namespaces exist, and dies with the test's
        // process.
        let marker = "/run/test/container-\(UInt64.random(in: 0...UInt64.max))"
        TestSupport.shell("mkfifo -m 666 \(marker)")
        let sleep = "echo $$ > \(marker); exec sleep infinity"
        start("exec \(prefix) setpriv --pdeathsig KILL sh -c '\(sleep)'")
        process = Int32(contents(of: marker).prefix { $0 != "\n" }) ?? 0
        // Every request for process 0 is refused, so tests of refusals would pass.
        precondition(process > 0, "no container: \(prefix)")
    }

    /// A process in the host's namespaces.
    package init(process: Int32) { self.process = process }

    /// Kills the process, and waits until it has left its namespaces. The kernel removes them and
    /// the NICs later, as after lxc-stop.
    package func kill() {
        TestSupport.shell(
            """
            kill -KILL \(process)
            while readlink /proc/\(process)/ns/net; do sleep 0.01; done
            """)
    }

    /// Kills the process, and waits until its NICs are gone.
    package func end(_ host: Host) {
        let before = host.nics.count
        kill()
        // Its process ID is not free before it has been waited for.
        for _ in 1...3000 {
            if waitpid(-1, nil, WNOHANG) > 0 { break }
            usleep(20_000)
        }
        for _ in 1...3000 {
            if before == 0 || host.nics.count < before { return }
            usleep(20_000)
        }
    }

    /// Runs shell commands as root in this container's network namespace.
    @discardableResult
    package func shell(_ script: String) -> Outcome {
        run(["nsenter", "-t", "\(process)", "-n", "bash", "-c", script])
    }
}

extension Program {
    /// Runs the helper as a user, as lxc-start does.
    /// - Parameter groups: supplementary groups.
    /// - Parameter prefix: shell words in front of the program's.
    package func run(
        _ words: [String], as user: Int = 2000, groups: [Int] = [],
        environment: [String: String] = [:], prefix: String = "exec"
    ) -> Outcome {
        let groups =
            groups.isEmpty
            ? ["--clear-groups"] : ["--groups", groups.map(String.init).joined(separator: ",")]
        return TestSupport.run(
            ["/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(user)"] + groups
                + ["/bin/bash", "-c", "\(prefix) \"$0\" \"$@\"", installed] + words,
            environment: ["PATH": searchPath].merging(environment) { $1 })
    }

    package func create(
        _ container: Container, on bridge: String, named name: String? = nil, as user: Int = 2000,
        groups: [Int] = [], environment: [String: String] = [:], prefix: String = "exec"
    ) -> Outcome {
        run(
            ["create", "/var/lib/lxc", "web", "\(container.process)", "veth", bridge]
                + (name.map { [$0] } ?? []),
            as: user, groups: groups, environment: environment, prefix: prefix)
    }

    package func delete(
        _ nic: String, of container: Container, on bridge: String, as user: Int = 2000,
        groups: [Int] = []
    ) -> Outcome {
        run(
            [
                "delete", "/var/lib/lxc", "web", "/proc/\(container.process)/ns/net", "veth",
                bridge,
                nic,
            ],
            as: user, groups: groups)
    }
}

/// The answer of a successful create: `CONTAINER-IFNAME:IFINDEX:HOST-IFNAME:IFINDEX`.
package struct Answer: Equatable {
    package let containerName: String
    package let containerIndex: Int
    package let hostName: String
    package let hostIndex: Int

    package init?(_ outcome: Outcome) {
        guard outcome.status == 0, outcome.output.last == "\n", outcome.errorOutput.isEmpty else {
            return nil
        }
        let parts = outcome.output.dropLast().split(
            separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, let container = Int(parts[1]), let host = Int(parts[3]) else {
            return nil
        }
        containerName = String(parts[0])
        containerIndex = container
        hostName = String(parts[2])
        hostIndex = host
    }
}
