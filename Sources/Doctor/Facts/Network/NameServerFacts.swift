internal import HostPaths
internal import Linux
internal import Netlink
internal import Network

/// A name server of the host, to which dnsmasq forwards the queries of containers.
struct NameServerFacts: Equatable, Sendable {
    /// As `/etc/resolv.conf` writes it.
    let address: String
    /// Whether a server of this host answered; `nil` for another host, which is not asked.
    var answers: Bool?
    /// Why the kernel sends no packet to it.
    var refusal: Errno?

    static func all(_ kernel: borrowing RouteSocket) -> [NameServerFacts] {
        let addresses = addresses(in: contents(of: Paths.resolvConf))
        let local = addresses.filter { isLoopback($0.bytes) }
        let answers = NameServerProbe.answers(of: local.map { NameServerProbe.Server($0.bytes) })
        return addresses.map { text, bytes in
            var server = NameServerFacts(address: text)
            if let position = local.firstIndex(where: { $0.bytes == bytes }) {
                server.answers = answers[position]
            } else if case .refused(let errno)? = try? kernel.decision(on: bytes) {
                server.refusal = errno
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
