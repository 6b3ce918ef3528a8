using OrleansPool.Benchmarks.Fuzz;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Tests.Wire;

/// <summary>What version 1 writes, byte for byte. A change here is a change that silos one version apart notice.</summary>
public sealed class GoldenFrameTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Wire", "Golden", $"v{WireVersions.Newest}");

    public static TheoryData<string> Names => [.. GoldenFrames.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_is_written_as_it_always_was(string name)
    {
        string path = Path.Combine(Folder, $"{name}.hex");
        string written = FrameText.ToHex(FrameWriting.Write(GoldenFrames.All[name]));
        Assert.True(File.Exists(path), $"{path} is missing. If {name} is new, it must hold:\n{written}");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), written);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_of_the_file_says_what_it_said(string name)
    {
        byte[] frame = FrameText.FromHex(File.ReadAllText(Path.Combine(Folder, $"{name}.hex")));
        Assert.Equal(FrameStatus.Ok, FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header));
        Assert.Equal(frame.Length, header.Length);
        Assert.Equal(FrameText.Of(GoldenFrames.All[name]), FrameText.Of(FrameReading.Read(header, frame)));
    }

    [Fact]
    public void Every_type_has_a_file_and_every_file_a_frame()
    {
        Assert.Equal(FrameSamples.Types.Order(), GoldenFrames.All.Values.Select(value => value.Type).Distinct().Order());
        Assert.Equal(GoldenFrames.All.Keys.Order(), Directory.GetFiles(Folder).Select(path => Path.GetFileNameWithoutExtension(path)).Order());
        Assert.All(GoldenFrames.All, golden => Assert.Equal($"{golden.Value.Type}", golden.Key.Split('.')[0]));
    }
}
