import FuzzDriver
import Network

/// Parses the input as a settings file. It is refused with a line number, or its settings are
/// validated without a crash.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let file = "/etc/default/lxc-net"
    var reader = ShellSettings(file: file) { _ in bytes }
    do throws(SettingsError) { try reader.read(file) } catch { return error.place == nil ? -1 : 0 }
    for isFirst in [true, false] {
        var facts = HostFacts()
        facts.userID = { $0.isEmpty ? nil : UInt32(1000 + $0.count) }
        facts.hardwareAddresses = { _, _, label in ["b2:bf:00:00:00:0\(label.number % 10)"] }
        var validation = Validation(reader.settings, facts, isFirst: isFirst)
        guard let network = validation.network() else { continue }
        // Valid settings contain no newline in what other programs read.
        let script = NftDialect.script(FirewallRules(network, dnsPort: network.dns.port))
        let words = DnsmasqConfiguration(
            network: network, dnsPort: network.dns.port, user: "nobody", nameServers: []
        ).arguments
        precondition(!script.utf8.contains(0) && !words.contains { $0.utf8.contains(0x0a) })
        let lines = DnsmasqConfiguration.reservations(network).utf8.count { $0 == 0x0a }
        precondition(lines == network.dhcp.reservations.count)
    }
    return 0
}

fuzz(test)
