internal import HostPaths
internal import Linux
internal import Netlink
internal import Network

/// A name server of the host, to which dnsmasq forwards the queries of containers.
struct NameServerFacts: Equatable, Sendable {
    /// As `/etc/resolv.conf` writes it.
    let address: String
    /// Whether it answered a query.
    var answers: Bool?
    /// Whether it is a server of this host.
    var isLocal = false
    /// Why the kernel sends no packet to it.
    var refusal: Errno?
    /// The chains of other programs that drop this host's queries to it, or its answers.
    var drops: [DroppedQuery] = []

    static func all(
        _ addresses: [(text: String, bytes: [UInt8])], answers: [Bool],
        _ network: HostNetworkStatus,
        _ kernel: borrowing RouteSocket
    ) -> [NameServerFacts] {
        zip(addresses, answers).map { address, answer in
            var server = NameServerFacts(
                address: address.text, answers: answer, isLocal: isLoopback(address.bytes))
            guard !answer, !server.isLocal else { return server }
            switch try? kernel.decision(on: address.bytes) {
            case .refused(let errno): server.refusal = errno
            case .sent(let index):
                let name = network.interfaces.first { $0.index == index }?.description
                if let address = IPv4Address(bytes: address.bytes), let name {
                    server.drops =
                        network.firewall?.droppedQueries(to: address, through: name) ?? []
                }
            default: break
            }
            return server
        }
    }

    /// The addresses in a resolv.conf(5), at most three: resolvers use no more (MAXNS).
    static func addresses(in file: [UInt8]) -> [(text: String, bytes: [UInt8])] {
        let found = Lines(bytes: file).compactMap { line -> (text: String, bytes: [UInt8])? in
            let words = words(of: file[line])
            guard words.count >= 2, words[0].elementsEqual("nameserver".utf8) else { return nil }
            let text = String(decoding: words[1].prefix { $0 != 0x25 }, as: UTF8.self)
            let bytes = IPv4Address(text)?.bytes ?? IPv6Address(text)?.bytes
            return bytes.map { (IPRange.text($0), $0) }
        }
        return Array(found.prefix(3))
    }

    static func isLoopback(_ address: [UInt8]) -> Bool {
        address.count == 4 ? address[0] == 127 : address.dropLast().allSatisfy { $0 == 0 }
    }
}
