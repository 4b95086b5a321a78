internal import Linux

/// Whether LXC can create and lock the file that it locks for each container.
enum LockFiles: Check {
    static let name = "lock-files"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let lock = facts.lock else { return [] }
        let place = lock.path.path.quoted
        guard let fault = lock.path.writeObstacle(for: facts.target) else {
            return [.ok(place, "LXC can lock it")]
        }
        let source =
            lock.isCertain ? "XDG_RUNTIME_DIR" : "the runtime directory of \(facts.target.name)"
        return [
            Finding(
                lock.isCertain ? .problem : .warning, place,
                "the file in \(source) that lxc-start locks \(fault)", fixes(lock, facts))
        ]
    }

    /// In their own directory, the user may rename what another user has created, such as root
    /// through sudo, and LXC then creates it again.
    private static func fixes(_ lock: LockFacts, _ facts: Facts) -> [Fix] {
        let user = facts.target.user
        var steps = lock.path.directories
        if let file = lock.path.file {
            steps.append(PathFacts.Directory(path: lock.path.path, file: file))
        }
        for (parent, child) in zip(steps, steps.dropFirst())
        where parent.file.owner == user && child.file.owner != user {
            guard let path = child.path.shellWord else { break }
            return [.command("mv \(path) \(path).old", by: .user)]
        }
        if steps.last?.file.isOnFull == true {
            return [.advice("delete files on that file system: see df(1), also with -i")]
        }
        return [
            .advice(
                "log in again, so that the session gets a runtime directory of its own; or set "
                    + "XDG_RUNTIME_DIR to a directory in which the user may create files")
        ]
    }
}
