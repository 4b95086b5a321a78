import Glibc
import Linux
import Network
import TestSupport
import Testing
import Usernet

@testable import StatusReport

/// The text of berth metrics.
@Suite
struct MetricsText {
    private func checked(_ text: String) -> Outcome {
        let file = "/tmp/metrics-\(UInt64.random(in: 0...UInt64.max))"
        write(text, to: file)
        defer { unlink(file) }
        let directory = String(#filePath.dropLast("MetricsText.swift".count))
        return shell("/usr/bin/python3 \(directory)openmetrics.py <\(file)")
    }

    @Test("every kind of metric is printed")
    func example() {
        var status = HostStatus.example
        guard var network = status.networks?[0].status else { return }
        network.leaseRange = 252
        network.leasesInRange = 2
        status.networks?[0] = NetworkReport(status: network)
        var refusals = [UInt64](repeating: 0, count: 512)
        refusals[RefusalReason.quota.rawValue] = 3
        let text = HostMetrics(status, refusals: refusals).text
        for line in [
            #"berth_network_up{bridge="lxcbr0"} 1"#, #"berth_network_up{bridge="dmz0"} 0"#,
            #"berth_network_leases{bridge="lxcbr0"} 2"#,
            #"berth_network_lease_range{bridge="lxcbr0"} 252"#,
            #"berth_nics_used{owner="alice",bridge="lxcbr0"} 2"#,
            #"berth_nics_allowed{owner="@staff",bridge="dmz0"} 20"#,
            #"berth_containers{user="alice"} 2"#,
            #"berth_cgroup_memory_bytes{user="alice"} 55574528"#,
            #"berth_cgroup_memory_limit_bytes{user="alice"} 2147483648"#,
            #"berth_cgroup_cpu_seconds_total{user="alice"} 1.25"#,
            #"berth_cgroup_tasks_limit{user="alice"} 2000"#,
            #"berth_nic_refusals_total{reason="quota"} 3"#,
            #"berth_nic_refusals_total{reason="no-line"} 0"#,
            #"berth_problems{severity="warning"} 1"#,
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)\n\(text)")
        }
        // What is unknown is absent, not 0.
        #expect(!text.contains(#"berth_nics_used{owner="bob""#))
        #expect(!text.contains(#"berth_cgroup_memory_bytes{user="bob""#))
        #expect(!text.contains(#"berth_network_leases{bridge="dmz0"}"#))
        #expect(!HostMetrics(status, refusals: nil).text.contains("refusals"))
        let outcome = checked(text)
        #expect(outcome.succeeded && outcome.output.hasSuffix(" series, 0 faults\n"), "\(outcome)")
        #expect(checked(HostMetrics(status, refusals: nil).text).succeeded)
    }

    @Test("the manual lists every metric")
    func manual() {
        let path = String(#filePath.dropLast("Tests/StatusReportTests/MetricsText.swift".count))
        let page = contents(of: path + "man/berth.1")
        let text = HostMetrics(.example, refusals: [UInt64](repeating: 1, count: 512)).text
        let names = text.split(separator: "\n").filter { $0.hasPrefix("# HELP ") }.map {
            String($0.split(separator: " ")[2])
        }
        #expect(names.count > 10)
        for name in names { #expect(page.contains(name), "\(name)") }
    }

    @Test("an empty status is valid text, and the checker rejects invalid text")
    func empty() {
        let status = HostStatus(requester: .init(user: "root", uid: 0))
        #expect(checked(HostMetrics(status, refusals: nil).text).succeeded)
        #expect(checked("# TYPE a gauge\n# HELP a b\na 1\n").status == 1)
        #expect(checked("# TYPE a gauge\n# HELP a b\na{b=\"c\"d\"} 1\n# EOF\n").status == 1)
        #expect(checked("# TYPE a gauge\n# HELP a b\na 1\na 2\n# EOF\n").status == 1)
    }

    @Test("no label, line or series can be forged with a name")
    func forged() {
        var status = HostStatus.example
        let names = [
            "a\"} 1\nberth_network_up{bridge=\"x\"} 1", "b\\", "c\u{1b}[2J", "d\r\n# EOF\n",
            "e\u{e9}", "f\u{0}", "g{,=}", "\"", "h\\\"", "alice", "alice",
        ]
        status.quotas = names.map { QuotaReport(owner: $0, bridge: "dmz0", used: 1, allowed: 2) }
        status.cgroups?.users = names.map {
            .init(user: $0, uid: 1, use: HostStatus.use(memory: 1), limits: [:], leaves: [])
        }
        let text = HostMetrics(status, refusals: nil).text
        let outcome = checked(text)
        #expect(outcome.succeeded, "\(outcome)\n\(text)")
        #expect(text.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a })
        let used = text.split(separator: "\n").filter { $0.hasPrefix("berth_nics_used{") }
        // Two owners have the same name.
        #expect(used.count == names.count - 1)
        #expect(used.allSatisfy { $0.hasSuffix(#"",bridge="dmz0"} 1"#) })
        #expect(text.contains(#"{user="a\"} 1\\012berth_network_up{bridge=\"x\"} 1"}"#))
        #expect(text.contains(#"{user="b\\"}"#) && text.contains(#"{user="e\\303\\251"}"#))
    }

    @Test("names of containers do not add series")
    func cardinality() {
        var status = HostStatus.example
        let before = HostMetrics(status, refusals: nil).text.split(separator: "\n").count
        for number in 0..<500 {
            let name = "container\(number)"
            status.nics?.append(.of("alice", name, on: "lxcbr0", "veth\(number)", "10.0.3.9", 1))
            status.cgroups?.users[0].leaves.append(
                .init(
                    name: UntrustedText("run-\(number)"), use: HostStatus.use(),
                    containers: [.init(name: UntrustedText(name), use: HostStatus.use())],
                    commands: []))
        }
        let text = HostMetrics(status, refusals: nil).text
        #expect(text.split(separator: "\n").count == before)
        #expect(text.contains("\nberth_containers{user=\"alice\"} 502\n"))
    }
}
