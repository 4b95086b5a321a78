import CSystemd
import Glibc

/// A substitute (mock) for a systemd manager that answers StartTransientUnit on a socket, in a
/// thread.
final class FakeManager: @unchecked Sendable {
    enum Answer: Sendable {
        /// JobRemoved with this result, before the reply or after it.
        case job(result: String, beforeReply: Bool)
        case error(name: String, message: String)
        /// The reply, and no JobRemoved.
        case silence
    }

    let socket: String
    /// The unit, the mode, and the properties as `NAME=VALUE`.
    private(set) var request: [String] = []
    private let answer: Answer
    private let listener: Int32
    private var thread = pthread_t()

    init(_ answer: Answer) {
        var template = Array("/tmp/berth-scope-XXXXXX".utf8CString)
        mkdtemp(&template)
        socket = String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self) + "/private"
        self.answer = answer
        listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(socket.utf8)) }
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        listen(listener, 1)
        pthread_create(
            &thread, nil,
            { context in
                if let context {
                    Unmanaged<FakeManager>.fromOpaque(context).takeRetainedValue().serve()
                }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
    }

    /// Waits until it has answered and the connection is closed.
    func end() {
        pthread_join(thread, nil)
        close(listener)
        unlink(socket)
        rmdir(String(socket.dropLast("/private".count)))
    }

    private func serve() {
        let connection = accept(listener, nil, nil)
        var bus: OpaquePointer?
        sd_bus_new(&bus)
        sd_bus_set_fd(bus, connection, connection)
        sd_bus_set_server(bus, 1, sd_id128_t())
        sd_bus_start(bus)
        while true {
            var message: OpaquePointer?
            let result = sd_bus_process(bus, &message)
            if result < 0 { break }
            if let message {
                if sd_bus_message_is_method_call(message, nil, "StartTransientUnit") > 0 {
                    read(message)
                    reply(to: message, on: bus)
                }
                sd_bus_message_unref(message)
            }
            if result == 0, sd_bus_wait(bus, UInt64.max) < 0 { break }
        }
        sd_bus_flush_close_unref(bus)
    }

    private func string(_ message: OpaquePointer, _ type: String) -> String {
        var text: UnsafePointer<CChar>?
        sd_bus_message_read_basic(message, CChar(type.utf8.first ?? 0), &text)
        return text.map { String(cString: $0) } ?? ""
    }

    private func number(_ message: OpaquePointer, _ type: String) -> UInt32 {
        var number: UInt32 = 0
        sd_bus_message_read_basic(message, CChar(type.utf8.first ?? 0), &number)
        return number
    }

    private func read(_ message: OpaquePointer) {
        request = [string(message, "s"), string(message, "s")]
        sd_bus_message_enter_container(message, 0x61, "(sv)")
        while sd_bus_message_enter_container(message, 0x72, "sv") > 0 {
            let name = string(message, "s")
            var contents: UnsafePointer<CChar>?
            sd_bus_message_peek_type(message, nil, &contents)
            let signature = contents.map { String(cString: $0) } ?? ""
            sd_bus_message_enter_container(message, 0x76, signature)
            switch signature {
            case "s": request.append("\(name)=\(string(message, "s"))")
            case "b": request.append("\(name)=\(number(message, "b"))")
            default:
                sd_bus_message_enter_container(message, 0x61, "u")
                request.append("\(name)=\(number(message, "u"))")
                sd_bus_message_exit_container(message)
            }
            sd_bus_message_exit_container(message)
            sd_bus_message_exit_container(message)
        }
    }

    private func reply(to call: OpaquePointer, on bus: OpaquePointer?) {
        var reply: OpaquePointer?
        if case .error(let name, let message) = answer {
            name.withCString { name in
                message.withCString { message in
                    var error = sd_bus_error(name: name, message: message, _need_free: 0)
                    sd_bus_message_new_method_error(call, &reply, &error)
                }
            }
        } else {
            sd_bus_message_new_method_return(call, &reply)
            sd_bus_message_append_basic(reply, 0x6f, "/org/freedesktop/systemd1/job/7")
        }
        if case .job(let result, true) = answer { removed(7, result, on: bus) }
        sd_bus_send(bus, reply, nil)
        sd_bus_message_unref(reply)
        // Of another job.
        removed(6, "failed", on: bus)
        if case .job(let result, false) = answer { removed(7, result, on: bus) }
    }

    private func removed(_ job: UInt32, _ result: String, on bus: OpaquePointer?) {
        var signal: OpaquePointer?
        var job = job
        sd_bus_message_new_signal(
            bus, &signal, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
            "JobRemoved")
        sd_bus_message_append_basic(signal, 0x75, &job)
        sd_bus_message_append_basic(signal, 0x6f, "/org/freedesktop/systemd1/job/\(job)")
        sd_bus_message_append_basic(signal, 0x73, "run-x.scope")
        sd_bus_message_append_basic(signal, 0x73, result)
        sd_bus_send(bus, signal, nil)
        sd_bus_message_unref(signal)
    }
}
