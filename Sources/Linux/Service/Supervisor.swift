internal import CLinux

/// Sends the service's state to its supervisor, as sd_notify(3) specifies (Type=notify in a unit of
/// systemd). No service of Berth uses a watchdog (WatchdogSec=) or socket activation (LISTEN_FDS).
/// - Parameter socket: the value of NOTIFY_SOCKET; without one nothing is sent.
package func notifySupervisor(at socket: String?, _ text: String) {
    // A supervisor that does not listen must not stop the service.
    guard let socket,
        let number = try? call({ unsafe linux_connect_to_unix(socket) })
    else { return }
    let connection = Descriptor(owning: number)
    _ = unsafe linux_send_text(connection.number, text, 0)
}

/// The pipe on which s6 (notification-fd), dinit and OpenRC expect a line when the service is
/// ready.
public struct ReadinessPipe: ~Copyable {
    private let descriptor: Descriptor

    /// - Parameter number: the descriptor that the supervisor opened for this process. Programs
    ///   that this process starts do not inherit it.
    package static func take(_ number: Int32) throws(Errno) -> ReadinessPipe {
        try call { linux_fcntl(number, F_SETFD, FD_CLOEXEC) }
        return ReadinessPipe(descriptor: Descriptor(owning: number))
    }

    /// Reports readiness, and closes the pipe.
    package consuming func signalReady() {
        // A supervisor that does not listen must not stop the service.
        try? descriptor.write(all: [0x0a])
    }
}
