import Identity
import Testing

@testable import Network

@Suite("Names of many containers")
struct ManyContainersTests {
    @Test("The names of ten thousand containers are computed in a short time")
    func many() throws {
        let network = try NetworkTests.network("LXC_NETWORK=10.0.0.0/16")
        func hex(_ number: Int) -> String {
            let digits = String(number, radix: 16)
            let padded = String(repeating: "0", count: 4 - digits.utf8.count) + digits
            return "b2:bf:00:00:\(padded.prefix(2)):\(padded.suffix(2))"
        }
        var facts = ContainerNames.Facts()
        var text = ""
        for number in 0..<10_000 {
            text += "9 \(hex(number)) 10.0.\(number / 250 + 1).\(number % 250 + 1) * *\n"
            facts.nics.append(
                AttachedNIC(
                    label: ContainerLabel(
                        user: Array("u\(number % 100)".utf8), name: Array("c\(number)".utf8)),
                    hardwareAddress: hex(number), index: Int32(number)))
        }
        facts.leases = Leases.parse(Array(text.utf8))
        let clock = ContinuousClock()
        var names: ContainerNames?
        let time = clock.measure {
            for _ in 0..<2 {
                names = ContainerNames(network, facts)
                facts.published = names?.published ?? []
                facts.nics.removeLast(100)
            }
        }
        #expect(names?.published.count == 10_000)
        #expect(time < .seconds(10), "the time does not grow quadratically")
    }
}
