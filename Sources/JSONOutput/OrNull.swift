/// A value that is encoded as null when it is `nil`, instead of without its key.
@propertyWrapper
package struct OrNull<Value: Encodable & Equatable & Sendable>: Encodable, Equatable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}
