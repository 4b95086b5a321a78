import Testing

@testable import Linux

/// How `berth doctor --probe` finds the largest size that reaches a host.
@Suite struct EchoProbeSearch {
    /// Searches on a path that carries packets of at most this size.
    private func found(
        _ limit: Int, size: Int, isIPv6: Bool = false
    ) -> (outcome: EchoProbe.Outcome, rounds: Int) {
        let address = [UInt8](repeating: 1, count: isIPv6 ? 16 : 4)
        let target = EchoProbe.Target(address, from: address, size: size)
        var search = EchoProbe.Search(target)
        var rounds = 0
        var next = [target.smallSize, size]
        while !next.isEmpty, rounds < 100 {
            for size in next { search.note(sending: size) }
            for size in next where size <= limit { search.note(answerTo: size) }
            next = search.nextSizes(EchoProbe.sizesAtOnce)
            rounds += 1
        }
        return (search.outcome, rounds - 1)
    }

    @Test("the exact size is found in few rounds", arguments: [1500, 9000, 65535])
    func sizes(size: Int) {
        for limit in [84, 85, 576, 1280, 1400, 1404, 1492, size - 1] where limit < size {
            let (outcome, rounds) = found(limit, size: size)
            #expect(outcome == .passedUpTo(limit))
            #expect(rounds <= 4, "\(size) \(limit)")
        }
        #expect(found(size, size: size).outcome == .passed)
        #expect(found(70000, size: size, isIPv6: true).outcome == .passed)
        #expect(found(0, size: size).outcome == .unanswered(nil))
        #expect(found(1300, size: size, isIPv6: true).outcome == .passedUpTo(1300))
    }

    @Test("EMSGSIZE means that the packet is too large; any other error is reported")
    func errors() {
        let target = EchoProbe.Target([192, 0, 2, 2], from: [192, 0, 2, 1], size: 1500)
        var search = EchoProbe.Search(target)
        search.note(Errno(90), sending: 1500)
        #expect(search.unansweredFirst == [84, 1500])
        #expect(search.outcome == .unanswered(nil))
        search.note(answerTo: 84)
        #expect(search.outcome == .passedUpTo(84))
        var refused = EchoProbe.Search(target)
        refused.note(.EPERM, sending: 84)
        #expect(refused.outcome == .unanswered(.EPERM))
        #expect(refused.unansweredFirst.isEmpty)
    }

    @Test("a request has a valid checksum, and only the reply to it counts")
    func messages() {
        let request = EchoProbe.request(0x1234, 7, ofBytes: 65, isIPv6: false)
        #expect(request.count == 65 && request[0] == 8)
        var sum: UInt32 = 0
        for start in stride(from: 0, to: 65, by: 2) {
            sum += UInt32(request[start]) << 8 + (start < 64 ? UInt32(request[start + 1]) : 0)
        }
        #expect((sum & 0xffff) + (sum >> 16) == 0xffff)
        let header: [UInt8] = [0x45] + [UInt8](repeating: 0, count: 19)
        let reply = header + [0] + request.dropFirst()
        #expect(EchoProbe.sequence(ofAnswer: reply[...], 0x1234, isIPv6: false) == 7)
        #expect(EchoProbe.sequence(ofAnswer: reply[...], 0x1235, isIPv6: false) == nil)
        #expect(EchoProbe.sequence(ofAnswer: (header + request)[...], 0x1234, isIPv6: false) == nil)
        #expect(EchoProbe.sequence(ofAnswer: reply[..<24], 0x1234, isIPv6: false) == nil)
        #expect(EchoProbe.sequence(ofAnswer: [], 0x1234, isIPv6: false) == nil)
        let six = EchoProbe.request(0x1234, 300, ofBytes: 64, isIPv6: true)
        let answer = [129] + six.dropFirst()
        #expect(EchoProbe.sequence(ofAnswer: answer[...], 0x1234, isIPv6: true) == 300)
    }
}
