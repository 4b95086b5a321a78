import FuzzDriver
import Network

/// Parses the input as a hosts file, as a dnsmasq configuration file that includes itself, and as a
/// table of sockets. Containers get no loopback address except that of localhost.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    let served = HostNames(hosts: text, hostName: "myhost").file(for: network)
    let localhost = "127.0.0.1 localhost\n"
    precondition(served.hasPrefix(localhost + "10.0.3.1 ") && served.hasSuffix("\n"))
    for line in served.dropFirst(localhost.count).split(separator: "\n") {
        let words = line.split(separator: " ")
        precondition(words.count >= 2)
        let address = String(words[0])
        precondition(IPv4Address(address).map { $0.number >> 24 != 127 } ?? true)
        precondition(IPv6Address(address).map { $0.number != 1 } ?? true)
    }
    let file = DnsmasqFile("/a", from: .init(contents: { _ in bytes }, names: { _ in ["a", "b"] }))
    precondition(file.options.allSatisfy { !$0.name.isEmpty && $0.place.line > 0 })
    precondition(file.options.count <= (bytes.count { $0 == 0x0a } + 1) * 256)
    for transport in [Forward.Transport.tcp, .udp] {
        precondition(
            Sockets.parsed(text, transport).allSatisfy { [4, 16].contains($0.address.count) })
    }
    return 0
}

private let network = {
    let file = "/etc/default/lxc-net"
    var settings = Settings(file: file)
    settings.assign("LXC_DNS_NAMES", "client", at: SettingLocation(file: file, line: 1))
    var validation = Validation(settings, HostFacts(hasIPv6: false), isFirst: true)
    guard let network = validation.network() else { fatalError("the defaults are refused") }
    return network
}()

fuzz(test)
