package import Linux

/// What LXC takes from the environment of the session in which it runs; `nil` where a variable is
/// not set.
package struct SessionEnvironment: Equatable, Sendable {
    /// XDG_RUNTIME_DIR
    package var runtimeDirectory: UntrustedText?
    /// HOME
    package var home: UntrustedText?
    /// PATH
    package var searchPath: UntrustedText?

    package init(
        runtimeDirectory: UntrustedText? = nil, home: UntrustedText? = nil,
        searchPath: UntrustedText? = nil
    ) {
        (self.runtimeDirectory, self.home, self.searchPath) = (runtimeDirectory, home, searchPath)
    }

    /// The directories of PATH. At most 24: each costs several look-ups.
    var searchedDirectories: [UntrustedText] {
        (searchPath?.bytes ?? []).split(separator: 0x3a).prefix(24).map { UntrustedText($0) }
            .filter { $0.hasPrefix("/") }
    }
}
