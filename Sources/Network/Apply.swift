internal import Linux
internal import Netlink

extension Workshop {
    /// Makes the changes in their order. If one fails, those before it are undone; unless it is about
    /// IPv6 alone, for trouble with that is no reason to be without IPv4.
    /// - Returns: what did not work of IPv6.
    package borrowing func apply(_ changes: [Change]) throws(Failure) -> [Failure] {
        var done: [Change] = []
        var withoutIPv6: [Failure] = []
        for change in changes {
            do throws(Failure) { try make(change) } catch {
                if change.isAboutIPv6 {
                    withoutIPv6.append(error)
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
        return withoutIPv6
    }

    /// Makes as many of the changes as can be made: for taking away, where one failure is no reason to
    /// leave the rest.
    /// - Returns: what did not work.
    package borrowing func applyAll(_ changes: [Change]) -> [Failure] {
        var failures: [Failure] = []
        for change in changes {
            do throws(Failure) { try make(change) } catch { failures.append(error) }
        }
        return failures
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
        case .firewall(let change): try run(change.script)
        case .writeReservations(let bridge, _, let to):
            try write(to, to: Paths.reservations(of: bridge))
        case .startDnsmasq(let bridge, let words): try startDnsmasq(bridge, words)
        case .stopDnsmasq(let bridge, _): try stopDnsmasq(bridge)
        case .restartDnsmasq(let bridge, let from, let to):
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
        case .mendForeign(_, let mend): try run(mend.apply)
        // What its owner has flushed meanwhile need not be taken back, and cannot be.
        case .unmendForeign(_, let mend): for command in mend.undo { try? run([command]) }
        }
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

    private borrowing func run(_ script: FirewallChange.Script) throws(Failure) {
        switch script {
        case .nft(let text):
            guard let nft else { throw Failure("nft is not installed any more") }
            _ = try Self.run(nft, ["-f", "-"], input: text)
        case .iptables(let scripts):
            for (family, text) in scripts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                guard !text.isEmpty else { continue }
                guard let programs = iptables[family] else {
                    throw Failure("\(family.rawValue)-restore is not installed any more")
                }
                // Waits for other users of iptables, who hold its lock for moments only.
                _ = try Self.run(programs.restore, ["--noflush", "--wait", "10"], input: text)
            }
        }
    }

    private borrowing func run(_ commands: [[String]]) throws(Failure) {
        for words in commands {
            guard let name = words.first else { continue }
            guard let program = Program(named: name) else {
                throw Failure("\(name) is not installed")
            }
            _ = try Self.run(program, Array(words.dropFirst()))
        }
    }

    private func write(_ text: String?, to path: String) throws(Failure) {
        do throws(Errno) {
            guard let text else {
                try SmallFile.remove(path)
                return
            }
            try SmallFile.makeDirectory(Paths.runDirectory)
            try SmallFile.replace(path, with: Array(text.utf8))
        } catch {
            throw Failure("cannot write \(path): \(error)")
        }
    }

    private borrowing func startDnsmasq(
        _ bridge: BridgeName, _ words: [String]
    ) throws(Failure) {
        guard let dnsmasq else { throw Failure("dnsmasq is not installed any more") }
        do throws(Errno) {
            try SmallFile.makeDirectory(Paths.runDirectory)
            try SmallFile.makeDirectory(Paths.leasesDirectory)
        } catch {
            throw Failure("cannot make the directories of dnsmasq: \(error)")
        }
        _ = try Self.run(dnsmasq, words)
    }

    private func stopDnsmasq(_ bridge: BridgeName) throws(Failure) {
        do { try DnsmasqProcess.stop(bridge) } catch {
            throw Failure("cannot end the dnsmasq of \(bridge): \(error)")
        }
    }
}

extension BridgeAddress {
    /// Only IPv4 has one.
    var broadcast: [UInt8]? {
        IPv4Address(bytes: bytes).map { Prefix(of: $0, length: length).broadcast.bytes }
    }
}
