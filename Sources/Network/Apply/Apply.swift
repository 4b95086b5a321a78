internal import HostPaths
package import Linux
internal import Netlink

extension HostTools {
    /// Makes the changes in order. If one that is not optional fails, undoes those before it
    /// (rollback).
    /// - Parameter whileDnsmasqStarts: runs at the same time as the first dnsmasq that starts after
    ///   all firewall changes, if one does.
    /// - Returns: the changes made, and the optional ones that failed.
    package borrowing func apply(
        _ changes: [Change], isOptional: (Change) -> Bool, whileDnsmasqStarts: () -> Void = {}
    ) throws(ApplyFailure) -> (made: [Change], failed: [FailedChange]) {
        var made: [Change] = []
        var failed: [FailedChange] = []
        let firewallEnd = changes.lastIndex { $0.isFirewall } ?? -1
        let start = changes.indices.first { $0 > firewallEnd && changes[$0].startsDnsmasq }
        for (position, change) in changes.enumerated() {
            do throws(Failure) {
                try verifyRules(change, failed)
                try make(change, meanwhile: position == start ? whileDnsmasqStarts : {})
            } catch {
                if case .firewall(let rules) = change, let port = rules.guardedPort {
                    closeTunnel(port)
                }
                guard !isOptional(change) else {
                    failed.append(FailedChange(change: change, failure: error))
                    continue
                }
                // Find the program before the changes are undone: some programs release the port
                // when the bridge loses its address.
                let takenPort = takenPort(by: change, error)
                var left: [String] = []
                for inverse in made.reversed().compactMap(\.inverse) {
                    do throws(Failure) { try make(inverse) } catch { left.append("\(error)") }
                }
                let outcome =
                    left.isEmpty
                    ? "the changes before it were undone"
                    : "some changes could not be undone: \(left.joined(separator: "; "))"
                throw ApplyFailure(
                    description: "\(error); \(outcome)", takenPort: takenPort,
                    leavesChanges: !left.isEmpty)
            }
            made.append(change)
        }
        return (made, failed)
    }

    private borrowing func make(
        _ change: Change, meanwhile: () -> Void = {}
    ) throws(Failure) {
        switch change {
        case .createBridge, .deleteBridge, .setHardwareAddress, .setMTU, .setUp,
            .setVLANFiltering, .addAddress, .removeAddress, .isolate:
            do { try makeByNetlink(change) } catch let error as Failure { throw error } catch {
                throw Failure("\(error)")
            }
        case .nic(let change):
            do { try make(change) } catch let error as Failure { throw error } catch {
                throw Failure("\(error)")
            }
        case .tunnel(let change):
            do { try make(change) } catch let error as Failure { throw error } catch {
                throw Failure("\(error)")
            }
        case .uplink(let change):
            do { try make(change) } catch let error as Failure { throw error } catch {
                throw Failure("\(error)")
            }
        case .routeNames(let bridge, let from, let to):
            try Self.route(bridge, from: from, to: to)
        case .setKernel(let path, _, let to): try write(to, toSetting: path)
        case .setForwarding(let forwarding, let enabled):
            try write(enabled ? "1" : "0", toSetting: forwarding.path)
            guard !enabled else { break }
            // Skip the settings of interfaces that no longer exist.
            for kept in forwarding.kept where SmallFile.exists(kept.path) {
                try write(kept.value, toSetting: kept.path)
            }
        case .firewall(let change): try run(change.steps)
        case .addressFilter(let change): try make(change)
        case .writeReservations(let bridge, _, let to):
            try write(to, to: DnsmasqPaths.reservations(of: bridge))
        case .writeHostNames(let bridge, _, let to):
            try write(to, to: DnsmasqPaths.hostNames(of: bridge))
        case .writeReservedAddresses(_, let to):
            try write(to, to: Paths.reservedAddresses, mode: 0o600)
        case .startDnsmasq(let bridge, let words):
            try startDnsmasq(bridge, words, meanwhile: meanwhile)
        case .stopDnsmasq(let bridge, _): try stopDnsmasq(bridge)
        case .restartDnsmasq(let bridge, let from, let to):
            // Check first: if the administrator's file has errors, dnsmasq would not start with its
            // old arguments either.
            try runDnsmasq(["--test"] + to)
            try stopDnsmasq(bridge)
            do throws(Failure) { try startDnsmasq(bridge, to) } catch {
                // Restart dnsmasq with its old arguments rather than leave the network without it.
                try? startDnsmasq(bridge, from)
                throw error
            }
        case .rereadFiles(let bridge):
            do { try DnsmasqProcess.reload(bridge) } catch {
                throw Failure(
                    "cannot signal the dnsmasq of \(bridge) to reread its files: \(error)")
            }
        case .applyFix(_, let fix):
            // Undo the fix first: rules from an earlier run may still exist, and would be added
            // twice.
            revert(fix)
            do throws(Failure) { for words in fix.apply { try run(words) } } catch {
                revert(fix)
                throw error
            }
        case .revertFix(_, let fix): revert(fix)
        }
    }

    /// Ignores errors: the program that owns the firewall may have flushed the rules in the
    /// meantime.
    private borrowing func revert(_ fix: ForeignFirewall.Fix) {
        for words in fix.undo { try? run(words) }
    }

    /// Creates, changes and deletes bridges and addresses through rtnetlink(7): RTM_NEWLINK,
    /// RTM_SETLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR.
    private borrowing func makeByNetlink(_ change: Change) throws {
        switch change {
        case .createBridge(let bridge, let address, let mtu):
            try socket.createBridge(bridge.interface, address: hardware(address), mtu: mtu)
        case .deleteBridge(let bridge, _, _):
            let name = bridge.interface
            let index = try index(of: name)
            guard try !socket.interfaces().contains(where: { $0.master == index }) else {
                throw Failure("\(bridge) was not deleted: a container is attached to it")
            }
            try socket.delete(name, at: index)
        case .setHardwareAddress(let bridge, _, let to):
            try socket.set(
                bridge.interface, at: index(of: bridge.interface), address: hardware(to))
        case .setMTU(let bridge, _, let to):
            try socket.set(bridge.interface, at: index(of: bridge.interface), mtu: to)
        case .setUp(let bridge, let up):
            try socket.set(bridge.interface, at: index(of: bridge.interface), up: up)
        case .setVLANFiltering(let bridge, let on):
            let name = bridge.interface
            try socket.set(name, at: index(of: name), vlanFiltering: on)
        case .addAddress(let bridge, let address):
            let raw = try interfaceAddress(bridge, address)
            do throws(NetlinkError) {
                try socket.add(raw, broadcast: address.broadcast)
            } catch {
                throw Failure("cannot add the address \(address) to \(bridge): \(error.errno)")
            }
        case .removeAddress(let bridge, let address):
            let raw = try interfaceAddress(bridge, address)
            do throws(NetlinkError) { try socket.remove(raw) } catch {
                // The kernel removes the IPv6 addresses of a bridge when it is set down.
                guard error.errno != .EADDRNOTAVAIL else { return }
                throw Failure(
                    "cannot remove the address \(address) from \(bridge): \(error.errno)")
            }
        case .isolate(let bridge, let port, let isolated):
            try isolate(port, of: bridge, isolated)
        default: break
        }
    }

    /// Isolates a bridge port, or ends its isolation (IFLA_BRPORT_ISOLATED). Containers start and
    /// stop at any time: a port that is gone is not a failure.
    private borrowing func isolate(
        _ port: Record.Port, of bridge: BridgeName, _ isolated: Bool
    ) throws {
        guard let name = InterfaceName(Array(port.name.utf8)) else { return }
        let master = try index(of: bridge.interface)
        func present() throws -> Interface? {
            guard let found = try socket.interface(named: name), Record.Port(found) == port,
                found.master == master
            else { return nil }
            return found
        }
        guard let found = try present() else { return }
        do {
            try socket.set(name, at: found.index, port: PortOptions(isIsolated: isolated))
        } catch {
            // The port may have been removed after it was found.
            if try present() != nil { throw error }
        }
    }

    private borrowing func interfaceAddress(
        _ bridge: BridgeName, _ address: BridgeAddress
    ) throws(Failure) -> InterfaceAddress {
        InterfaceAddress(
            interface: try index(of: bridge.interface), bytes: address.bytes,
            prefixLength: UInt8(clamping: address.length))
    }

    private func hardware(_ text: String) throws(Failure) -> MACAddress {
        guard let address = MACAddress(text: text.utf8) else {
            throw Failure("\"\(text)\" is not a hardware address")
        }
        return address
    }

    /// Runs the steps, each of which applies completely or not at all. If one fails, undoes those
    /// before it.
    private borrowing func run(_ steps: [FirewallChange.Step]) throws(Failure) {
        for (position, step) in steps.enumerated() {
            do throws(Failure) { try run(step.apply, by: step.tool) } catch {
                for done in steps[..<position].reversed() { try? run(done.undo, by: done.tool) }
                throw error
            }
        }
    }

    /// Runs `nft -f -`, or iptables-restore, with the text as its input.
    private borrowing func run(_ text: String, by tool: FirewallChange.Tool) throws(Failure) {
        switch tool {
        case .nft:
            guard let nft else { throw Failure("nft is no longer installed: install nftables") }
            _ = try Self.run(nft, ["-f", "-"], input: text)
        case .iptables(let family):
            guard let programs = iptables[family] else {
                throw Failure("\(family.rawValue)-restore is no longer installed: install iptables")
            }
            // Other programs hold the lock of iptables (/run/xtables.lock) only briefly.
            _ = try Self.run(programs.restore, ["--noflush", "--wait", "10"], input: text)
        }
    }

    private borrowing func run(_ words: [String]) throws(Failure) {
        guard let name = words.first else { return }
        guard let program = ExternalProgram(named: name) else {
            throw Failure("\(name) is not installed: install it")
        }
        _ = try Self.run(program, Array(words.dropFirst()))
    }

    /// Writes a setting of the kernel under /proc/sys: see sysctl(8).
    private func write(_ value: String, toSetting path: String) throws(Failure) {
        do { try SmallFile.write("\(value)\n", to: path) } catch {
            throw Failure("cannot write \(value) to \(path): \(error)")
        }
    }

    private func write(
        _ text: String?, to path: String, mode: UInt32 = 0o644
    ) throws(Failure) {
        if text != nil { try StateDirectory.create(Paths.lxcRuntime) }
        do throws(Errno) {
            guard let text else {
                try SmallFile.remove(path)
                return
            }
            try SmallFile.replace(path, with: Array(text.utf8), mode: mode)
        } catch {
            throw Failure("cannot write \(path): \(error)")
        }
    }
}

/// Why changes were not made.
package struct ApplyFailure: Error, CustomStringConvertible {
    package let description: String
    /// The program that took the port of a network's name server, if that is the cause.
    let takenPort: TakenPort?
    /// Whether some of the changes before the failure could not be undone.
    let leavesChanges: Bool

    struct TakenPort: Sendable {
        let bridge: BridgeName
        let holder: String
    }
}

package struct FailedChange: Sendable, CustomStringConvertible {
    package let change: Change
    package let failure: Failure

    package var description: String {
        change.isAddressFilter
            ? AddressFilter.failure("\(failure)")
            : change.isAboutIPv6 ? "IPv6 is incomplete: \(failure)" : "\(failure)"
    }
}

extension BridgeAddress {
    /// The broadcast address; `nil` for IPv6.
    var broadcast: [UInt8]? {
        IPv4Address(bytes: bytes).map { Prefix(of: $0, length: length).broadcast.bytes }
    }
}
