internal import CNetlink

/// The attributes of a message or of a nested attribute.
struct Attributes {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    subscript(_ attribute: Int) -> [UInt8]? {
        unsafe bytes.withUnsafeBytes { all in
            let head = unsafe all.baseAddress?.assumingMemoryBound(to: nlattr.self)
            guard let found = unsafe nla_find(head, Int32(all.count), Int32(attribute)) else {
                return nil
            }
            return unsafe Array(
                UnsafeRawBufferPointer(start: nla_data(found), count: Int(nla_len(found))))
        }
    }

    func number<Number: FixedWidthInteger & BitwiseCopyable>(_ attribute: Int, as type: Number.Type)
        -> Number?
    {
        guard let bytes = self[attribute], bytes.count == MemoryLayout<Number>.size else {
            return nil
        }
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: Number.self) }
    }

    /// An attribute as a C structure. Older kernels send shorter structures, whose missing members
    /// are zero.
    func structure<Value: BitwiseCopyable>(_ attribute: Int, as type: Value.Type) -> Value? {
        guard let bytes = self[attribute] else { return nil }
        let missing = max(0, MemoryLayout<Value>.size - bytes.count)
        let padded = bytes + [UInt8](repeating: 0, count: missing)
        return unsafe padded.withUnsafeBytes { unsafe $0.loadUnaligned(as: Value.self) }
    }

    /// A string without the zero at its end.
    func text(_ attribute: Int) -> [UInt8]? {
        self[attribute].map { $0.prefix { $0 != 0 } }.map { Array($0) }
    }

    func nested(_ attribute: Int) -> Attributes? {
        self[attribute].map { Attributes($0) }
    }
}
