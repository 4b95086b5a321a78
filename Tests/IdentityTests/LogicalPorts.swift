import Identity
import Testing

@Suite("Names of logical ports")
struct LogicalPorts {
    private func port(_ user: UInt32, _ name: String, _ number: Int = 0) -> String {
        LogicalPort(ContainerIdentity(owner: user, name: Array(name.utf8), number: number)).name
    }

    @Test(
        "a name is one plain word",
        arguments: [
            (1000, "web", 0, "berth-1000-web-0"),
            (1000, "web", 12, "berth-1000-web-12"),
            (0, "web-1.example_x", 1, "berth-0-web-1.example_x-1"),
            (4_294_967_294, "", 0, "berth-4294967294--0"),
            (1000, "a b", 0, "berth-1000-a%20b-0"),
            (1000, "a\"b'c\\d", 0, "berth-1000-a%22b%27c%5Cd-0"),
            (1000, "a=b,c:d", 0, "berth-1000-a%3Db%2Cc%3Ad-0"),
            (1000, "\u{e9}\n~", 0, "berth-1000-%C3%A9%0A%7E-0"),
            (1000, "%41", 0, "berth-1000-%2541-0"),
            (1000, "../$(id)", 0, "berth-1000-..%2F%24%28id%29-0"),
        ] as [(UInt32, String, Int, String)])
    func names(user: UInt32, container: String, number: Int, name: String) {
        #expect(port(user, container, number) == name)
    }

    /// The identity, parsed independently of its encoding.
    private func parsed(_ name: String) -> ContainerIdentity? {
        guard name.hasPrefix("berth-"),
            let first = name.dropFirst(6).firstIndex(of: "-"), let last = name.lastIndex(of: "-"),
            first < last, let owner = UInt32(name.dropFirst(6)[..<first]),
            let number = Int(name[name.index(after: last)...])
        else { return nil }
        var bytes = Array(name[name.index(after: first)..<last].utf8)[...]
        var decoded: [UInt8] = []
        while let byte = bytes.popFirst() {
            guard byte == 0x25 else {
                decoded.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes = bytes.dropFirst(2)
            decoded.append(value)
        }
        return ContainerIdentity(owner: owner, name: decoded, number: number)
    }

    @Test("no two identities have the same name")
    func injective() {
        let users: [UInt32] = [0, 1, 10, 100, 1000, 4_294_967_294]
        var names: [[UInt8]] = (0...255).map { [UInt8($0)] }
        let texts = [
            "", "--", "-0", "0-0", "1-web", "web", "web-0", "web-1", "web-0-0", "%2D", "%2d",
            "-web-0\",iface-id=\"berth-1-web", "00", "0-web",
        ]
        names += texts.map { Array($0.utf8) } + [[UInt8](repeating: 0xff, count: 255)]
        var seen: Set<String> = []
        for user in users {
            for name in names {
                for number in [0, 1, 10, 999_999] {
                    let identity = ContainerIdentity(owner: user, name: name, number: number)
                    let text = LogicalPort(identity).name
                    #expect(seen.insert(text).inserted, "\(text)")
                    #expect(parsed(text) == identity, "\(text)")
                    #expect(
                        text.utf8.allSatisfy { byte in
                            switch byte {
                            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x25, 0x2d, 0x2e, 0x5f:
                                true
                            default: false
                            }
                        }, "\(text)")
                }
            }
        }
    }
}
