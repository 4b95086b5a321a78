/// A POSIX access control list, as the kernel stores it in an extended attribute: see acl(5).
package struct POSIXACL: Equatable, Sendable {
    private struct Entry: Equatable, Sendable {
        let tag: UInt32
        let bits: UInt32
        let id: UInt32
    }

    private let entries: [Entry]

    /// - Parameter bytes: version 2 in four bytes; then for each entry a tag and permissions in two
    ///   bytes each and an ID in four, little-endian: include/uapi/linux/posix_acl_xattr.h.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4, bytes.count % 8 == 4, bytes[0] == 2 else { return nil }
        func number(_ place: Int, _ count: Int) -> UInt32 {
            (0..<count).reversed().reduce(0) { $0 << 8 | UInt32(bytes[place + $1]) }
        }
        entries = stride(from: 4, to: bytes.count, by: 8).map {
            Entry(tag: number($0, 2), bits: number($0 + 2, 2), id: number($0 + 4, 4))
        }
    }

    /// As the kernel stores it.
    package var bytes: [UInt8] {
        func number(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        return number(2, 4)
            + entries.flatMap { number($0.tag, 2) + number($0.bits, 2) + number($0.id, 4) }
    }

    func permits(
        _ user: UserID, _ groups: [GroupID], _ wanted: UInt32, owned: GroupID, others: UInt32
    ) -> Bool {
        let mask = entries.first { $0.tag == 0x10 }?.bits ?? 7
        if let own = entries.first(where: { $0.tag == 0x02 && $0.id == user.number }) {
            return own.bits & mask & wanted == wanted
        }
        let matching = entries.filter { entry in
            entry.tag == 0x04 && groups.contains(owned)
                || entry.tag == 0x08 && groups.contains { $0.number == entry.id }
        }
        guard matching.isEmpty else {
            return matching.contains { $0.bits & mask & wanted == wanted }
        }
        return others & wanted == wanted
    }
}
