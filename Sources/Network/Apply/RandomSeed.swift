internal import HostPaths
internal import Linux

enum RandomSeed {
    /// Saves the random seed for later boots, on a host without a machine ID.
    static func save(_ seed: [UInt8]) throws(Failure) {
        guard !seed.isEmpty,
            ((try? SmallFile.contents(of: Paths.machineID)) ?? nil).map({ $0.count < 16 }) ?? true,
            !SmallFile.exists(Paths.randomSeed)
        else { return }
        do throws(Errno) {
            try SmallFile.makeDirectory(Paths.lxcState)
            try SmallFile.replace(Paths.randomSeed, with: seed, mode: 0o600)
        } catch {
            throw Failure("cannot write \(Paths.randomSeed): \(error)")
        }
    }
}
