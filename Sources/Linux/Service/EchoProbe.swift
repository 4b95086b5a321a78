internal import CLinux

/// Finds out whether unfragmented packets of a given size reach other hosts, with ICMP echo
/// requests (RFC 792, RFC 4443) that have the DF bit set. Only root may send them.
package enum EchoProbe {
    package struct Target: Sendable {
        let address: [UInt8]
        let source: [UInt8]
        package let size: Int

        /// - Parameter address: 4 or 16 bytes.
        /// - Parameter source: an address of this host, of the same length.
        /// - Parameter size: the size in bytes of the IP packet, with its headers.
        package init(_ address: [UInt8], from source: [UInt8], size: Int) {
            self.address = address
            self.source = source
            self.size = size
        }

        /// The size of the IP and ICMP headers.
        var headers: Int { address.count == 4 ? 28 : 48 }
        /// The size of an IP packet that every path can carry: that of ping(8).
        var smallSize: Int { headers + 56 }
    }

    package enum Outcome: Equatable, Sendable {
        case passed
        /// Smaller packets pass, up to this size in bytes.
        case passedUpTo(Int)
        /// - Parameter error: why nothing could be sent; `nil` if there was no answer.
        case unanswered(Errno?)
    }

    /// How long to wait for the first answers, in milliseconds, and in each of the rounds that find
    /// a size: at most two seconds in all.
    private static let firstWait = 800
    private static let searchWait = 300
    private static let searches = 4
    /// The number of sizes in one round of a search.
    static let sizesAtOnce = 16

    /// Probes all targets at the same time.
    package static func outcomes(of targets: [Target]) -> [Outcome] {
        var sockets: [(source: [UInt8], socket: Int32)] = []
        defer { for entry in sockets { closeDescriptor(entry.socket) } }
        var probes = targets.map { Search($0) }
        for target in targets where !sockets.contains(where: { $0.source == target.source }) {
            let socket = unsafe linux_open_echo(target.source, target.source.count)
            if socket != -1 { sockets.append((target.source, socket)) }
        }
        var exchange = Exchange(sockets)
        exchange.send(
            probes.indices.flatMap { position in
                [probes[position].target.smallSize, probes[position].target.size].map {
                    Packet(position: position, size: $0)
                }
            }, &probes)
        exchange.receive(&probes, within: firstWait / 2)
        // A packet may have been lost, or dropped while the kernel resolved the neighbor's address.
        exchange.send(
            probes.indices.flatMap { position in
                probes[position].unansweredFirst.map { Packet(position: position, size: $0) }
            }, &probes)
        exchange.receive(&probes, within: firstWait / 2)
        for _ in 0..<searches {
            let next = probes.indices.flatMap { position in
                probes[position].nextSizes(sizesAtOnce).map { Packet(position: position, size: $0) }
            }
            guard !next.isEmpty else { break }
            exchange.send(next, &probes)
            exchange.receive(&probes, within: searchWait)
            for position in probes.indices { probes[position].endRound() }
        }
        return probes.map { $0.outcome }
    }

    /// What is known about the size that reaches one target.
    struct Search {
        let target: Target
        /// The largest size that was answered; 0 if none was.
        private(set) var passed = 0
        /// The smallest size that is known not to pass.
        private var failed: Int
        private var error: Errno?
        /// The sizes of this round.
        private var sent: [Int] = []

        init(_ target: Target) {
            self.target = target
            failed = target.size + 1
        }

        mutating func note(sending size: Int) { sent.append(size) }
        mutating func note(_ error: Errno, sending size: Int) {
            // The interface itself cannot send it.
            if error == Errno(EMSGSIZE) { return }
            self.error = error
        }
        mutating func note(answerTo size: Int) { passed = max(passed, size) }

        /// Whether answers are still missing.
        var isWaiting: Bool { sent.contains { $0 > passed } }

        /// What is to be sent once more.
        var unansweredFirst: [Int] {
            guard error == nil else { return [] }
            return [target.smallSize, target.size].filter { $0 > passed }
        }

        mutating func endRound() {
            failed = min(failed, sent.filter { $0 > passed }.min() ?? failed)
            sent = []
        }

        /// Sizes between the largest that passes and the smallest that does not.
        mutating func nextSizes(_ count: Int) -> [Int] {
            endRound()
            guard passed > 0, passed < target.size, failed - passed > 1 else { return [] }
            let gap = failed - passed
            guard gap > count else { return Array((passed + 1)..<failed) }
            return (1...count).map { passed + gap * $0 / (count + 1) }
        }

        var outcome: Outcome {
            passed >= target.size
                ? .passed : passed > 0 ? .passedUpTo(passed) : .unanswered(error)
        }
    }

    /// A request to the target at a position.
    private struct Packet {
        let position: Int
        let size: Int
    }

    /// Requests in flight, by sequence number.
    private struct Exchange {
        private let sockets: [(source: [UInt8], socket: Int32)]
        /// The sequence number is the position in this list.
        private var requests: [Packet] = []
        /// The identifier only has to be unlikely to equal that of another process.
        private let identifier = UInt16(truncatingIfNeeded: monotonicMilliseconds() &* 31)

        init(_ sockets: [(source: [UInt8], socket: Int32)]) { self.sockets = sockets }

        mutating func send(_ packets: [Packet], _ probes: inout [Search]) {
            for packet in packets {
                let target = probes[packet.position].target
                guard let socket = sockets.first(where: { $0.source == target.source })?.socket
                else {
                    probes[packet.position].note(Errno(EADDRNOTAVAIL), sending: packet.size)
                    continue
                }
                let bytes = EchoProbe.request(
                    identifier, UInt16(truncatingIfNeeded: requests.count),
                    ofBytes: packet.size - target.headers + 8,
                    isIPv6: target.address.count == 16)
                let result = unsafe linux_send_echo(
                    socket, target.address, target.address.count, bytes, bytes.count)
                if result == -1 {
                    probes[packet.position].note(.lastFailure, sending: packet.size)
                }
                requests.append(packet)
                probes[packet.position].note(sending: packet.size)
            }
        }

        mutating func receive(_ probes: inout [Search], within milliseconds: Int) {
            let end = monotonicMilliseconds() + milliseconds
            while probes.contains(where: { $0.isWaiting }) {
                let rest = end - monotonicMilliseconds()
                guard rest > 0,
                    let ready = try? awaitReadable(
                        sockets.map { $0.socket }, atMost: Int32(clamping: rest))
                else { return }
                for (entry, isReady) in zip(sockets, ready) where isReady {
                    var buffer = [UInt8](repeating: 0, count: 128)
                    let count = unsafe buffer.withUnsafeMutableBytes {
                        unsafe recv(
                            entry.socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
                    }
                    guard count > 0,
                        let number = EchoProbe.sequence(
                            ofAnswer: buffer[..<count], identifier,
                            isIPv6: entry.source.count == 16),
                        Int(number) < requests.count
                    else { continue }
                    let request = requests[Int(number)]
                    probes[request.position].note(answerTo: request.size)
                }
            }
        }
    }

    /// - Parameter ofBytes: the size of the ICMP message.
    static func request(
        _ identifier: UInt16, _ sequence: UInt16, ofBytes size: Int, isIPv6: Bool
    ) -> [UInt8] {
        var bytes: [UInt8] = [isIPv6 ? 128 : 8, 0, 0, 0]
        for number in [identifier, sequence] {
            bytes += [UInt8(number >> 8), UInt8(number & 0xff)]
        }
        bytes += [UInt8](repeating: 0, count: max(0, size - bytes.count))
        guard !isIPv6 else { return bytes }
        let sum = checksum(bytes)
        (bytes[2], bytes[3]) = (UInt8(sum >> 8), UInt8(sum & 0xff))
        return bytes
    }

    /// The Internet checksum (RFC 1071). The kernel computes that of ICMPv6.
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for start in stride(from: 0, to: bytes.count, by: 2) {
            sum &+= UInt32(bytes[start]) << 8
            if start + 1 < bytes.count { sum &+= UInt32(bytes[start + 1]) }
        }
        while sum > 0xffff { sum = (sum & 0xffff) &+ (sum >> 16) }
        return ~UInt16(sum)
    }

    /// The sequence number of an echo reply to this process; `nil` for any other packet.
    /// - Parameter packet: for IPv4, with its IP header.
    static func sequence(
        ofAnswer packet: ArraySlice<UInt8>, _ identifier: UInt16, isIPv6: Bool
    ) -> UInt16? {
        let header = isIPv6 ? 0 : Int((packet.first ?? 0) & 0xf) * 4
        let message = Array(packet.dropFirst(header).prefix(8))
        guard message.count == 8, message[0] == (isIPv6 ? 129 : 0),
            UInt16(message[4]) << 8 | UInt16(message[5]) == identifier
        else { return nil }
        return UInt16(message[6]) << 8 | UInt16(message[7])
    }
}
