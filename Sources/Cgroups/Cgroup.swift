package import Linux

/// A cgroup of the unified hierarchy, held by a descriptor of its directory.
package struct Cgroup: ~Copyable {
    package let directory: Directory

    package init(_ directory: consuming Directory) { self.directory = directory }

    package borrowing func child(_ name: [UInt8]) throws(Errno) -> Cgroup {
        Cgroup(try directory.directory(name))
    }

    /// Opens a cgroup beneath this one, or this one for the empty path.
    package borrowing func descendant(_ path: CgroupPath) throws(Errno) -> Cgroup {
        Cgroup(try directory.directory(path.names.isEmpty ? [0x2e] : path.relative))
    }

    package borrowing func makeChild(
        _ name: [UInt8], mode: UInt32 = 0o755
    ) throws(Errno) {
        try directory.make(name, mode: mode)
    }

    /// Fails with EBUSY while a process or a child cgroup is in it: see rmdir(2).
    package borrowing func removeChild(_ name: [UInt8]) throws(Errno) { try directory.remove(name) }

    package borrowing func children() throws(Errno) -> [[UInt8]] { try directory.directories() }

    /// The controllers that its parent has enabled for it: `cgroup.controllers`.
    package borrowing func controllers() throws(Errno) -> [Controller] {
        Controller.list(try read("cgroup.controllers"))
    }

    /// The controllers that are enabled for its children: `cgroup.subtree_control`.
    package borrowing func enabledControllers() throws(Errno) -> [Controller] {
        Controller.list(try read("cgroup.subtree_control"))
    }

    /// Enables one controller in `cgroup.subtree_control`. If one write names several, the kernel
    /// enables all or none.
    package borrowing func enable(_ controller: Controller) throws(Errno) {
        try directory.write([0x2b] + controller.name, to: Array("cgroup.subtree_control".utf8))
    }

    /// Disables one controller in `cgroup.subtree_control`.
    package borrowing func disable(_ controller: Controller) throws(Errno) {
        try directory.write([0x2d] + controller.name, to: Array("cgroup.subtree_control".utf8))
    }

    /// Whether a running process is in it or beneath it.
    package borrowing func isPopulated() throws(Errno) -> Bool {
        let text = try read("cgroup.events")
        return Lines(bytes: text).contains { text[$0].elementsEqual("populated 1".utf8) }
    }

    /// The processes in it, not beneath it. Those of other PID namespaces, listed as 0, are left
    /// out.
    package borrowing func processes() throws(Errno) -> [ProcessID] {
        let text = try read("cgroup.procs")
        return Lines(bytes: text).compactMap { ProcessID(digits: Array(text[$0])) }
    }

    /// Moves the calling process into it: writes 0, which means the writing process, to
    /// `cgroup.procs`.
    package borrowing func enter() throws(Errno) {
        try directory.write([0x30], to: Array("cgroup.procs".utf8))
    }

    /// Moves another process, with all its threads, into it: writes its ID to `cgroup.procs`.
    package borrowing func attach(_ process: ProcessID) throws(Errno) {
        try directory.write(Array("\(process.number)".utf8), to: Array("cgroup.procs".utf8))
    }

    /// Kills every process in it and beneath it, including those that are being forked.
    package borrowing func kill() throws(Errno) {
        try directory.write([0x31], to: Array("cgroup.kill".utf8))
    }

    private borrowing func read(_ file: String) throws(Errno) -> [UInt8] {
        try directory.contents(of: Array(file.utf8))
    }
}
