/// A boolean that records of earlier versions do not contain. It is encoded only if it is true.
@propertyWrapper
package struct AbsentMeansFalse: Hashable, Codable, Sendable {
    package var wrappedValue: Bool

    package init(wrappedValue: Bool) { self.wrappedValue = wrappedValue }
}

// The synthesized code of a type that has such a property calls these.

extension KeyedDecodingContainer {
    package func decode(
        _ type: AbsentMeansFalse.Type, forKey key: Key
    ) throws -> AbsentMeansFalse {
        AbsentMeansFalse(wrappedValue: try decodeIfPresent(Bool.self, forKey: key) ?? false)
    }
}

extension KeyedEncodingContainer {
    package mutating func encode(_ value: AbsentMeansFalse, forKey key: Key) throws {
        if value.wrappedValue { try encode(true, forKey: key) }
    }
}
