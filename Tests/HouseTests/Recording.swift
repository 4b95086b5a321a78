import TestSupport
import Testing

/// The picture at the top of README.md.
@Suite struct Recording {
    @Test("the picture is the one that render.py draws from the capture")
    func picture() {
        let place = String(#filePath.dropLast("HouseTests/Recording.swift".count)) + "recording"
        let drawn = run([place + "/render.py"])
        expect(drawn.succeeded, drawn.errorOutput)
        expect(drawn.output == contents(of: place + "/berth.svg"), "run make recording")
        // Small enough for a web page.
        expect(drawn.output.utf8.count < 100_000, "\(drawn.output.utf8.count) bytes")
        for word in ["<script", "http://", "https://", "@import", "@font-face", "href"]
        where drawn.output.replacing("http://www.w3.org/2000/svg", with: "").contains(word) {
            Issue.record("it has \(word)")
        }
    }
}
