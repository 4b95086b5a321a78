import Foundation
import TestSupport
import Testing

/// Untrusted text in a sentence must not compile.
@Suite(.serialized) struct UntrustedInterpolation {
    @Test(
        "untrusted text cannot be interpolated or printed as a string",
        arguments: [
            (#""\(text)""#, false), (#""\(text as UntrustedText?)""#, false), ("text", false),
            ("String(text)", false), ("\"a\" + text", false), ("text.description", false),
            (#""\(text.quoted)""#, true), ("\"a\" + text.escaped", true),
            (#""\(text.shellWord ?? "")""#, true),
        ])
    func compiles(expression: String, isAccepted: Bool) async throws {
        let source = """
            import Linux
            func sentence(_ text: UntrustedText) -> String { \(expression) }
            """
        let file = FileManager.default.temporaryDirectory.path + "/untrusted-\(UUID()).swift"
        try source.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let outcome = await runAside(
            [
                "swiftc", "-typecheck", "-warnings-as-errors", "-package-name", packageName,
                "-I", root + ".build/debug/Modules",
                "-Xcc", "-fmodule-map-file=\(root).build/debug/CLinux.build/module.modulemap",
                file,
            ], environment: ProcessInfo.processInfo.environment)
        let errors = outcome.errorOutput
        #expect(outcome.succeeded == isAccepted, "\(errors)")
        // Nothing but the expression is refused.
        if !isAccepted { #expect(errors.contains("swift:2:"), "\(errors)") }
    }
}

private let root = String(#filePath.dropLast("Tests/LinuxTests/UntrustedInterpolation.swift".count))

/// The name that SwiftPM derived from the directory of the sources, in quotation marks.
private let packageName: String = {
    let build = (try? String(contentsOfFile: root + ".build/debug.yaml", encoding: .utf8)) ?? ""
    let option = #""-package-name",""#
    guard let module = build.range(of: #""-module-name","Linux""#),
        let start = build.range(of: option, range: module.upperBound..<build.endIndex)
    else { return "" }
    return String(build[start.upperBound...].prefix { $0 != "\"" })
}()
