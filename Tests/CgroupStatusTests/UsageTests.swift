import CgroupStatus
import Testing

@Suite
struct UsageTests {
    @Test("a limit of processor time is read from cpu.max")
    func share() {
        #expect(Usage.share(Array("50000 100000\n".utf8)) == 500_000)
        #expect(Usage.share(Array("max 100000\n".utf8)) == nil)
        #expect(Usage.share(Array("1 0\n".utf8)) == nil)
    }

    @Test("a size has at most four digits and a unit, and a time two decimal places")
    func texts() {
        #expect(Usage.size(1023) == "1023")
        #expect(Usage.size(11_745_000) == "11.2M")
        #expect(Usage.size(8 << 30) == "8.0G")
        #expect(Usage.size(.max) == "15.9E")
        #expect(Usage.Time(microseconds: 1_250_000, maxPerSecond: 500_000).text == "1.25 s of 50%")
    }
}
