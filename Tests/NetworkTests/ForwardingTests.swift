import Testing

@testable import Network

@Suite("Forwarding is enabled while a network needs it, and then restored")
struct ForwardingTests {
    private var host: ObservedHost {
        var host = ObservedHost()
        (host.ipv4.exists, host.ipv6.exists) = (true, true)
        host.ipv4.kept = [.init(path: Sysctls.acceptsRedirects4, value: "0")]
        return host
    }

    private func plan(
        _ settings: [String], _ host: ObservedHost, _ record: Record.HostEntry = .init()
    ) throws -> HostPlan {
        HostPlan(for: try settings.map { try network($0) }, host, record)
    }

    @Test("An uplink keeps accepting router advertisements when forwarding is enabled")
    func acceptsAdvertisements() throws {
        var host = host
        host.advertisedUplinks = ["eth0"]
        host.kernel["/proc/sys/net/ipv6/conf/eth0/accept_ra"] = "1"
        let plan = try plan([""], host)
        #expect(
            plan.enabling.map(\.description) == [
                "~ net/ipv4/ip_forward 0 becomes 1", "~ net/ipv6/conf/eth0/accept_ra 1 becomes 2",
                "~ net/ipv6/conf/all/forwarding 0 becomes 1",
            ])
        let record = Record.HostEntry().after(plan.enabling, besides: [])
        host.ipv4.isEnabled = true
        host.ipv6.isEnabled = true
        host.kernel["/proc/sys/net/ipv6/conf/eth0/accept_ra"] = "2"
        #expect(
            try self.plan([], host, record).disabling.map(\.description) == [
                "~ net/ipv4/ip_forward becomes 0 again",
                "~ net/ipv6/conf/all/forwarding becomes 0 again",
                "~ net/ipv6/conf/eth0/accept_ra 2 becomes 1",
            ])
        #expect(
            try self.plan(["LXC_IPV6_ENABLE=false"], host, record).disabling.map(\.description) == [
                "~ net/ipv6/conf/all/forwarding becomes 0 again",
                "~ net/ipv6/conf/eth0/accept_ra 2 becomes 1",
            ])
        // An interface of another network was added: the host stays a router, and needs accept_ra.
        host.ipv6.users = ["docker0"]
        let kept = try self.plan([], host, record)
        #expect(kept.disabling.map(\.description) == ["~ net/ipv4/ip_forward becomes 0 again"])
        #expect(kept.warnings.count == 1 && kept.warnings[0].contains("docker0"))
    }

    @Test("Two networks enable forwarding once")
    func once() throws {
        #expect(try plan(["", "LXC_BRIDGE=two LXC_ADDR=10.9.9.1"], host).enabling.count == 2)
    }

    @Test("Forwarding that was enabled before stays enabled")
    func found() throws {
        var host = host
        (host.ipv4.isEnabled, host.ipv6.isEnabled) = (true, true)
        let plan = try plan([""], host)
        #expect(plan.enabling.isEmpty)
        let record = Record.HostEntry().after(plan.enabling, besides: [])
        #expect(try self.plan([], host, record).disabling.isEmpty)
    }

    @Test(
        "Forwarding that an administrator has disabled stays disabled, and exceptions are restored")
    func disabledSince() throws {
        var host = host
        let record = Record.HostEntry().after(try plan([""], host).enabling, besides: [])
        #expect(record.forwarding.count == 2)
        host.kernel[Sysctls.acceptsRedirects4] = "0"
        #expect(try plan([], host, record).disabling.isEmpty)
        host.kernel[Sysctls.acceptsRedirects4] = "1"
        #expect(try plan([], host, record).disabling.count == 1)
    }

    @Test("An exception that an administrator has changed is not restored", arguments: ["0", "1"])
    func changedSince(now: String) throws {
        var host = host
        let record = Record.HostEntry().after(try plan([""], host).enabling, besides: [])
        host.ipv4.isEnabled = true
        host.kernel[Sysctls.acceptsRedirects4] = now
        guard
            case .setForwarding(let forwarding, false)? = try plan([], host, record).disabling.first
        else {
            Issue.record("forwarding is not disabled")
            return
        }
        #expect(forwarding.kept.count == (now == "0" ? 1 : 0))
    }

    @Test("A new interface keeps forwarding enabled, and one that existed before does not")
    func bystanders() throws {
        var host = host
        (host.ipv4.users, host.ipv4.candidates) = (["wg0"], ["wg0"])
        let record = Record.HostEntry().after(try plan([""], host).enabling, besides: [])
        host.ipv4.isEnabled = true
        #expect(try plan([], host, record).disabling.count == 1)
        host.ipv4.users = ["virbr0", "wg0"]
        let plan = try plan([], host, record)
        #expect(plan.disabling.isEmpty)
        #expect(plan.warnings.first?.hasSuffix(": virbr0") == true)
    }
}
