using OrleansPool.Benchmarks.Fuzz;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Tests.Wire;

public sealed class FrameFuzzTests
{
    [Fact]
    public void Two_hundred_thousand_broken_frames_break_nothing()
    {
        var fuzz = new FrameFuzz(seed: 0x200000);
        FuzzFailure? failure = fuzz.Run(200_000);
        Assert.True(failure is null, failure is null ? "" : $"{failure.What}; seed {failure.Seed}: {Convert.ToHexString(failure.Input)}");

        // A fuzz that never reaches a decoder, or that every decoder refuses, tests nothing.
        Assert.All(FrameSamples.Types, type => Assert.True(fuzz.Counts[type].Accepted > 500, $"{type} is hardly ever accepted"));
        Assert.All(FrameSamples.Types.Where(CanBeRefused), type => Assert.True(fuzz.Counts[type].Refused > 100, $"{type} is hardly ever refused"));
        Assert.True(fuzz.Counts.FramesUnknown > 1000);
        Assert.True(fuzz.Counts[FrameStatus.TooLong] > 1000 && fuzz.Counts[FrameStatus.Malformed] > 1000 && fuzz.Counts[FrameStatus.Incomplete] > 1000);
    }

    [Fact]
    public void The_same_seed_makes_the_same_inputs()
    {
        var whole = new FrameFuzz(seed: 7);
        whole.Run(1000);
        var parts = new FrameFuzz(seed: 7);
        for (int i = 0; i < 10; i++) parts.Run(100);
        Assert.Equal((whole.Counts.Bytes, whole.Counts.FramesAccepted), (parts.Counts.Bytes, parts.Counts.FramesAccepted));
    }

    /// <summary>Signs of life have nothing to be refused for, and a reason that is not understood still ends what it ends.</summary>
    private static bool CanBeRefused(FrameType type) =>
        type is not (FrameType.Refusal or FrameType.Error or FrameType.Ping or FrameType.Pong or FrameType.Drain);
}
