internal import HostPaths
internal import Linux
internal import Netlink

extension HostTools {
    /// Checks, as far as that is possible beforehand, that a change can be made. Changes nothing.
    /// - Parameter asksPrograms: whether to run nft(8), iptables(8) and dnsmasq(8) for that.
    borrowing func verify(_ change: Change, asksPrograms: Bool) throws(Failure) {
        switch change {
        case .setKernel(let path, _, _): try verifySetting(path)
        case .setForwarding(let forwarding, _): try verifySetting(forwarding.path)
        case .setVLANFiltering(let bridge, true):
            let isSupported: Bool
            do throws(NetlinkError) { isSupported = try socket.supportsVLANFiltering() } catch {
                throw Failure("\(error)")
            }
            guard isSupported else {
                throw Failure(
                    "\(bridge) cannot be VLAN-aware: this kernel has no VLAN filtering "
                        + "(CONFIG_BRIDGE_VLAN_FILTERING); remove LXC_VLAN_AWARE, or use another "
                        + "kernel")
            }
        case .uplink(let change):
            guard case .create = change.step else { return }
            let isSupported: Bool
            do throws(NetlinkError) { isSupported = try socket.supportsVLANs() } catch {
                throw Failure("\(error)")
            }
            guard isSupported else { throw Failure(change.uplink.lacksVLANs(change.bridge)) }
        case .firewall(let change):
            guard asksPrograms else { return }
            for step in change.steps { try verify(step.apply, by: step.tool) }
        case .addressFilter(let change): try verify(change.script, by: .nft)
        case .startDnsmasq(let bridge, let words):
            try verifyDnsmasq(words, asksProgram: asksPrograms)
            guard words.contains(where: { $0.hasPrefix("--dhcp-authoritative") }),
                PortProbe.isDHCPServerTaken()
            else { return }
            let holder = Sockets.holder(of: Sockets.listening().conflicting(at: 67, on: []))
            throw Failure(
                "UDP port 67 is held by \(holder), so \(bridge) cannot have DHCP: stop that "
                    + "program, make it serve its own interfaces only (in dnsmasq: bind-dynamic), "
                    + "or set LXC_DHCP=\"false\"")
        case .restartDnsmasq(_, _, let words): try verifyDnsmasq(words, asksProgram: asksPrograms)
        case .writeReservations, .writeHostNames, .writeReservedAddresses:
            try verifyDirectory(Paths.lxcRuntime)
        default: break
        }
    }

    private func verifySetting(_ path: String) throws(Failure) {
        // The files of a bridge that does not exist yet will be in the same file system as this
        // one.
        let existing = SmallFile.exists(path) ? path : Sysctls.forwarding4
        guard SmallFile.isWritable(existing) else {
            throw Failure(
                "\(path) cannot be written: if this is a container, give it a writable "
                    + "/proc/sys/net")
        }
    }

    private borrowing func verifyDnsmasq(
        _ words: [String], asksProgram: Bool
    ) throws(Failure) {
        try verifyDirectory(Paths.lxcRuntime)
        if words.contains(where: { $0.hasPrefix("--dhcp-leasefile=") }) {
            try verifyDirectory(Paths.leases)
        }
        if let position = words.firstIndex(of: "-u"), position + 1 < words.count {
            let user = words[position + 1]
            guard ((try? Accounts.user(named: Array(user.utf8))) ?? nil) != nil else {
                throw Failure(
                    "dnsmasq is to run as user \(user), which does not exist: create that user")
            }
        }
        if asksProgram { try runDnsmasq(["--test"] + words) }
    }

    private func verifyDirectory(_ path: String) throws(Failure) {
        // Missing directories are created later.
        var existing = path
        while !SmallFile.exists(existing), let end = existing.lastIndex(of: "/"),
            end != existing.startIndex
        {
            existing = String(existing[..<end])
        }
        guard SmallFile.isWritable("\(existing)/.") else {
            throw Failure(
                "\(existing) is not a writable directory: check its permissions and its file system"
            )
        }
    }

    /// Checks that the tool and the kernel accept a firewall script.
    borrowing func verify(_ text: String, by tool: FirewallChange.Tool) throws(Failure) {
        switch tool {
        case .nft:
            guard let nft else { throw Failure("nft is no longer installed: install nftables") }
            _ = try Self.run(nft, ["--check", "-f", "-"], input: text)
        case .iptables(let family):
            guard let programs = iptables[family] else {
                throw Failure("\(family.rawValue)-restore is no longer installed: install iptables")
            }
            _ = try Self.run(
                programs.restore, ["--test", "--noflush", "--wait", "10"], input: text)
        }
    }

    /// A NIC is not attached if the rules of its bridge could not be loaded or, with `ipfilter`, if
    /// the filter could not be loaded. A tunnel stays closed.
    func verifyRules(_ change: Change, _ failed: [FailedChange]) throws(Failure) {
        if case .tunnel(let tunnel) = change, tunnel.opensPort,
            failed.contains(where: { $0.change.isFirewall(of: tunnel.bridge) })
        {
            throw Failure(
                "\(tunnel.tunnel.name) stays closed, because the rules of \(tunnel.bridge) failed")
        }
        guard case .nic(let nic) = change, case .attach(let options) = nic.step,
            failed.contains(where: {
                $0.change.isFirewall(of: nic.bridge)
                    || options.filtersAddresses && $0.change.isAddressFilter
            })
        else { return }
        throw Failure("\(nic.port.name) is not attached, because the rules of \(nic.bridge) failed")
    }
}
