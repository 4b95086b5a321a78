internal import CSystemd
internal import Linux

/// A D-Bus message. Types are D-Bus signatures: `s` string, `o` object path, `au` numbers.
@safe struct Message: ~Copyable {
    private let raw: OpaquePointer

    deinit { unsafe sd_bus_message_unref(raw) }

    /// Takes ownership of a reference.
    init(_ raw: OpaquePointer) { unsafe self.raw = unsafe raw }

    init(
        call method: String, of service: String, at object: String, interface: String,
        on bus: OpaquePointer
    ) throws(ScopeError) {
        var new: OpaquePointer?
        try check(
            unsafe sd_bus_message_new_method_call(bus, &new, service, object, interface, method))
        guard let raw = unsafe new else { throw .connection(.ENOMEM) }
        unsafe self.raw = unsafe raw
    }

    borrowing func append(_ text: String) throws(ScopeError) {
        try check(
            unsafe text.withCString { unsafe sd_bus_message_append_basic(raw, Self.type("s"), $0) })
    }

    borrowing func append(_ value: Bool) throws(ScopeError) {
        var number: Int32 = value ? 1 : 0
        try check(unsafe sd_bus_message_append_basic(raw, Self.type("b"), &number))
    }

    borrowing func append(_ number: UInt32) throws(ScopeError) {
        var number = number
        try check(unsafe sd_bus_message_append_basic(raw, Self.type("u"), &number))
    }

    /// Appends an array, variant or structure with the contents that the body appends.
    borrowing func container(
        _ kind: Unicode.Scalar, _ contents: String, _ body: () throws(ScopeError) -> Void
    ) throws(ScopeError) {
        try check(unsafe sd_bus_message_open_container(raw, Self.type(kind), contents))
        try body()
        try check(unsafe sd_bus_message_close_container(raw))
    }

    /// Appends a unit's property, `(sv)`.
    borrowing func property(
        _ name: String, _ signature: String, _ value: () throws(ScopeError) -> Void
    ) throws(ScopeError) {
        try container("r", "sv") { () throws(ScopeError) in
            try append(name)
            try container("v", signature, value)
        }
    }

    /// - Returns: the reply.
    /// - Throws: ``ScopeError/refused(name:message:)`` with the D-Bus error that was the reply.
    borrowing func send(on bus: OpaquePointer, within seconds: UInt64) throws(ScopeError) -> Message
    {
        var reply: OpaquePointer?
        var error = unsafe sd_bus_error()
        defer { unsafe sd_bus_error_free(&error) }
        let result = unsafe sd_bus_call(bus, raw, seconds * 1_000_000, &error, &reply)
        if result < 0, let name = unsafe error.name, let message = unsafe error.message {
            throw .refused(
                name: unsafe String(cString: name), message: unsafe String(cString: message))
        }
        try check(result)
        guard let reply = unsafe reply else { throw .connection(.EBADMSG) }
        return unsafe Message(reply)
    }

    borrowing func isSignal(_ member: String, of interface: String) -> Bool {
        unsafe sd_bus_message_is_signal(raw, interface, member) > 0
    }

    /// Reads the next value: a string or an object path.
    borrowing func string(_ type: Unicode.Scalar) throws(ScopeError) -> [UInt8] {
        var text: UnsafePointer<CChar>?
        try check(unsafe sd_bus_message_read_basic(raw, Self.type(type), &text))
        guard let text = unsafe text else { throw .connection(.EBADMSG) }
        return unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    borrowing func skip(_ types: String) throws(ScopeError) {
        try check(unsafe sd_bus_message_skip(raw, types))
    }

    private static func type(_ letter: Unicode.Scalar) -> CChar { CChar(letter.value) }
}

/// Converts libsystemd's negative error numbers.
@discardableResult
func check(_ result: Int32) throws(ScopeError) -> Int32 {
    guard result < 0 else { return result }
    throw .connection(Errno(-result))
}
