import Testing
import Usernet

@Suite struct Options {
    private func options(_ text: String) -> UsernetEntry.Options? {
        (try? UsernetEntry(Array("@staff veth br0 1 \(text)".utf8)[...], line: 1))?.options
    }

    @Test(
        "a rate is parsed in bits per second, and printed again",
        arguments: [
            ("8k", 8000, nil, "8k"), ("8000", 8000, nil, "8k"), ("8001bit", 8001, nil, "8001"),
            ("10M/2M", 10_000_000, 2_000_000, "10M/2M"), ("10mbit", 10_000_000, nil, "10M"),
            ("10MBit/1500kbit", 10_000_000, 1_500_000, "10M/1500k"),
            ("100G", 100_000_000_000, nil, "100G"),
        ] as [(String, UInt64, UInt64?, String)])
    func rate(text: String, down: UInt64, up: UInt64?, again: String) throws {
        let rate = try #require(options("rate=\(text)")?.rate)
        #expect(rate.down == down && rate.up == up && rate.description == again)
    }

    @Test(
        "invalid rates are refused",
        arguments: [
            "", "k", "7999", "7k", "101G", "100000000001", "1T", "8bits", "8kk", "8K/", "/8k",
            "8k/7k", "8k/8k/8k", "1.5M", "1e6", "+8k", "8 k", "8kib", "8kbps", "8kbit/s",
            "18446744073709551616", "18446744073709551615G", "0",
        ])
    func invalidRate(text: String) { #expect(options("rate=\(text)") == nil) }

    @Test("VLANs from 1 to 4094 are accepted", arguments: ["1", "4094"])
    func vlan(text: String) { #expect(options("vlan=\(text)")?.vlan == UInt16(text)) }

    @Test(
        "other VLANs are refused", arguments: ["", "0", "4095", "65556", "-1", "1,2", "1-2", "x"])
    func invalidVLAN(text: String) { #expect(options("vlan=\(text)") == nil) }

    @Test("all options of a line are printed again, in a fixed order")
    func words() {
        let text = "rate=1G/8k vlan=20 mtu=1400 macfilter isolated each"
        #expect(
            options(text)?.words
                == ["each", "isolated", "macfilter", "mtu=1400", "vlan=20", "rate=1G/8k"])
    }
}
