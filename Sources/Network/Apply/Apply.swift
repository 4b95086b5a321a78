internal import HostPaths
internal import Linux
internal import Netlink

extension HostTools {
    /// Makes the changes in their order. If one fails that is not dispensable, those before it are
    /// undone.
    /// - Returns: those that were made, and the dispensable ones that could not be.
    package borrowing func apply(
        _ changes: [Change], isDispensable: (Change) -> Bool
    ) throws(Failure) -> (made: [Change], unmade: [FailedChange]) {
        var done: [Change] = []
        var unmade: [FailedChange] = []
        for change in changes {
            do throws(Failure) { try make(change) } catch {
                guard !isDispensable(change) else {
                    unmade.append(FailedChange(change: change, failure: error))
                    continue
                }
                var left: [String] = []
                for inverse in done.reversed().compactMap(\.inverse) {
                    do throws(Failure) { try make(inverse) } catch { left.append("\(error)") }
                }
                throw Failure(
                    "\(error)"
                        + (left.isEmpty
                            ? "; what was done before that is undone"
                            : "; not everything could be undone: \(left.joined(separator: "; "))"))
            }
            done.append(change)
        }
        return (done, unmade)
    }

    private borrowing func make(_ change: Change) throws(Failure) {
        switch change {
        case .createBridge, .deleteBridge, .setHardwareAddress, .setMTU, .setUp, .addAddress,
            .removeAddress, .isolate:
            do { try makeOnLink(change) } catch let error as Failure { throw error } catch {
                throw Failure("\(error)")
            }
        case .setKernel(let path, _, let to):
            do { try SmallFile.write("\(to)\n", to: path) } catch {
                throw Failure("cannot write \(to) to \(path): \(error)")
            }
        case .firewall(let change): try run(change.steps)
        case .writeReservations(let bridge, _, let to):
            try write(to, to: DnsmasqFiles.reservations(of: bridge))
        case .startDnsmasq(let bridge, let words): try startDnsmasq(bridge, words)
        case .stopDnsmasq(let bridge, _): try stopDnsmasq(bridge)
        case .restartDnsmasq(let bridge, let from, let to):
            // The administrator's own file may be wrong by now, and would stop the old one from
            // coming back too.
            try runDnsmasq(["--test"] + to)
            try stopDnsmasq(bridge)
            do throws(Failure) { try startDnsmasq(bridge, to) } catch {
                // The old one served: better with yesterday's settings than not at all.
                try? startDnsmasq(bridge, from)
                throw error
            }
        case .rereadReservations(let bridge):
            do { try DnsmasqProcess.hangUp(bridge) } catch {
                throw Failure("cannot tell the dnsmasq of \(bridge) to read anew: \(error)")
            }
        case .mendForeign(_, let mend):
            // A part of it may be there still, and must not be there twice.
            takeBack(mend)
            do throws(Failure) { for words in mend.apply { try run(words) } } catch {
                takeBack(mend)
                throw error
            }
        case .unmendForeign(_, let mend): takeBack(mend)
        }
    }

    /// What its owner has flushed meanwhile need not be taken back, and cannot be.
    private borrowing func takeBack(_ mend: ForeignFirewall.Fix) {
        for words in mend.undo { try? run(words) }
    }

    private borrowing func makeOnLink(_ change: Change) throws {
        switch change {
        case .createBridge(let bridge, let address, let mtu):
            try socket.createBridge(bridge.interface, address: hardware(address), mtu: mtu)
        case .deleteBridge(let bridge, _, _):
            let name = bridge.interface
            let index = try index(of: name)
            guard try !socket.interfaces().contains(where: { $0.master == index }) else {
                throw Failure("\(bridge) got a container meanwhile, and stays")
            }
            try socket.delete(name, at: index)
        case .setHardwareAddress(let bridge, _, let to):
            try socket.set(
                bridge.interface, at: index(of: bridge.interface), address: hardware(to))
        case .setMTU(let bridge, _, let to):
            try socket.set(bridge.interface, at: index(of: bridge.interface), mtu: to)
        case .setUp(let bridge, let up):
            try socket.set(bridge.interface, at: index(of: bridge.interface), up: up)
        case .addAddress(let bridge, let address):
            let raw = try interfaceAddress(bridge, address)
            do throws(NetlinkError) {
                try socket.add(raw, broadcast: address.broadcast)
            } catch {
                throw Failure("cannot give \(bridge) the address \(address): \(error.errno)")
            }
        case .removeAddress(let bridge, let address):
            let raw = try interfaceAddress(bridge, address)
            do throws(NetlinkError) { try socket.remove(raw) } catch {
                // The kernel takes IPv6's away by itself from a bridge that is taken down.
                guard error.errno != .noAddress else { return }
                throw Failure("cannot take the address \(address) from \(bridge): \(error.errno)")
            }
        case .isolate(_, let port, let isolated):
            try socket.set(port, at: index(of: port), isolated: isolated)
        default: break
        }
    }

    private borrowing func interfaceAddress(
        _ bridge: BridgeName, _ address: BridgeAddress
    ) throws(Failure) -> InterfaceAddress {
        InterfaceAddress(
            interface: try index(of: bridge.interface), bytes: address.bytes,
            prefixLength: UInt8(clamping: address.length))
    }

    private func hardware(_ text: String) throws(Failure) -> HardwareAddress {
        guard let address = HardwareAddressText(text) else {
            throw Failure("\"\(text)\" is not a hardware address")
        }
        return HardwareAddress(bytes: address.bytes)
    }

    /// Each step is made as a whole or not at all; if one is not, those before it are undone.
    private borrowing func run(_ steps: [FirewallChange.Step]) throws(Failure) {
        for (position, step) in steps.enumerated() {
            do throws(Failure) { try run(step.apply, by: step.tool) } catch {
                for done in steps[..<position].reversed() { try? run(done.undo, by: done.tool) }
                throw error
            }
        }
    }

    private borrowing func run(_ text: String, by tool: FirewallChange.Tool) throws(Failure) {
        switch tool {
        case .nft:
            guard let nft else { throw Failure("nft is not installed any more") }
            _ = try Self.run(nft, ["-f", "-"], input: text)
        case .iptables(let family):
            guard let programs = iptables[family] else {
                throw Failure("\(family.rawValue)-restore is not installed any more")
            }
            // Waits for other users of iptables, who hold its lock for moments only.
            _ = try Self.run(programs.restore, ["--noflush", "--wait", "10"], input: text)
        }
    }

    private borrowing func run(_ words: [String]) throws(Failure) {
        guard let name = words.first else { return }
        guard let program = ExternalProgram(named: name) else {
            throw Failure("\(name) is not installed")
        }
        _ = try Self.run(program, Array(words.dropFirst()))
    }

    private func write(_ text: String?, to path: String) throws(Failure) {
        if text != nil { try Directory.make(Paths.lxcRuntime) }
        do throws(Errno) {
            guard let text else {
                try SmallFile.remove(path)
                return
            }
            try SmallFile.replace(path, with: Array(text.utf8))
        } catch {
            throw Failure("cannot write \(path): \(error)")
        }
    }

    private borrowing func startDnsmasq(
        _ bridge: BridgeName, _ words: [String]
    ) throws(Failure) {
        try Directory.make(Paths.lxcRuntime)
        try Directory.make(Paths.leases)
        try runDnsmasq(words)
    }

    private borrowing func runDnsmasq(_ words: [String]) throws(Failure) {
        guard let dnsmasq else { throw Failure("dnsmasq is not installed any more") }
        _ = try Self.run(dnsmasq, words)
    }

    private func stopDnsmasq(_ bridge: BridgeName) throws(Failure) {
        do { try DnsmasqProcess.stop(bridge) } catch {
            throw Failure("cannot end the dnsmasq of \(bridge): \(error)")
        }
    }
}

/// A change that could not be made, and why.
package struct FailedChange: Sendable {
    package let change: Change
    package let failure: Failure
}

extension BridgeAddress {
    /// Only IPv4 has one.
    var broadcast: [UInt8]? {
        IPv4Address(bytes: bytes).map { Prefix(of: $0, length: length).broadcast.bytes }
    }
}
