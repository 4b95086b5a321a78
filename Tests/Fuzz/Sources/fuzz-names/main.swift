import FuzzDriver
import Identity
import Linux
import Network

/// Parses the input as a lease file, as the alias of a NIC, and as a file of published names. The
/// published file has only valid names, each once, and reads back as it was written.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // The lines are leases; the words are labels of NICs, in the order of the leases.
    var facts = ContainerNames.Facts()
    facts.leases = Leases.parse(bytes)
    let labels = bytes.split { $0 <= 0x20 }.compactMap { ContainerLabel($0) }
    for (index, (label, lease)) in zip(labels, facts.leases).enumerated() {
        facts.nics.append(
            AttachedNIC(
                label: label, hardwareAddress: lease.hardwareAddress ?? "",
                index: Int32(index)))
    }
    if let before = PublishedNames(text: String(decoding: bytes, as: UTF8.self)) {
        facts.published = [before]
    }
    let names = ContainerNames(network, facts)
    var seen: Set<String> = []
    for published in names.published {
        precondition(PublishedNames(text: published.text) == published)
        precondition(published.text.utf8.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) })
        for name in published.names { precondition(seen.insert(name).inserted) }
        precondition(!published.names.contains { DNSLabel.reserved.contains($0) })
    }
    precondition(names.conflicts.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } })
    return 0
}

private let network = {
    var validation = Validation(
        Settings(file: "/etc/default/lxc-net"), HostFacts(hasIPv6: false), isFirst: true)
    guard let network = validation.network() else { fatalError("the defaults are refused") }
    return network
}()

fuzz(test)
