import FuzzDriver
import Linux
import Network

/// Parses the input as a lease file. Malformed lines are skipped, and each lease is printable.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let leases = Leases.parse(bytes)
    precondition(leases.count <= bytes.count { $0 == 0x0a } + 1)
    for lease in leases {
        let shown = [lease.address, lease.hardwareAddress ?? "", (lease.hostName ?? "").escaped]
        precondition(shown.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } })
        precondition(!lease.address.isEmpty && lease.ends != 0)
    }
    return 0
}

fuzz(test)
