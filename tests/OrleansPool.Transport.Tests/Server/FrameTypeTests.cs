using OrleansPool.Core.Wire;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Server;

/// <summary>Every type of frame that there is, one by one: nobody gets past the handshake, and nothing gets past the service.</summary>
public sealed class FrameTypeTests
{
    private static readonly FrameType[] Requests = [FrameType.Read, FrameType.Write, FrameType.CompareExchange, FrameType.Add, FrameType.ReadBatch, FrameType.WriteBatch];

    private static readonly FrameType[] Enders = [FrameType.Hello, FrameType.Welcome, FrameType.Refusal];

    public static TheoryData<FrameType> Types => [.. Enum.GetValues<FrameType>()];

    [Theory, MemberData(nameof(Types))]
    public async Task Before_the_handshake_nothing_but_a_greeting_does_anything(FrameType type)
    {
        await using var plane = new Plane(NetworkKind.Twin);
        plane.Node.IsRecording = true;
        using RawPeer peer = await plane.DialRawAsync();
        await peer.SendAsync(Sound(type, 5));
        (FrameHeader header, _) = (await peer.NextAsync())!.Value;
        Assert.Equal(type == FrameType.Hello ? FrameType.Welcome : FrameType.Refusal, header.Type);
        await Eventually.IsTrue(() => plane.Listener.UnprovenCount == 0, "it is decided");
        Assert.Equal(type == FrameType.Hello ? 1 : 0, plane.Listener.Counters.AdmittedCount);
        Assert.Empty(plane.Node.Asked);
    }

    [Theory, MemberData(nameof(Types))]
    public async Task After_the_handshake_a_request_reaches_the_service_under_the_name_of_its_sender_and_nothing_else_does(FrameType type)
    {
        await using var plane = new Plane(NetworkKind.Twin);
        plane.Node.IsRecording = true;
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync();
        await peer.SendAsync([.. Sound(type, 5), .. Ask.Frame(6, Ask.Tagged(1, 8))]);
        var heard = new List<FrameHeader>();
        while (await peer.NextAsync() is { } next)
        {
            heard.Add(next.Header);
            if (next.Header.Correlation == 6) break;
        }

        int expected = Requests.Contains(type) ? 2 : Enders.Contains(type) ? 0 : 1;
        Assert.Equal(expected, plane.Node.Asked.Count);
        Assert.All(plane.Node.Asked, asked => Assert.Equal("raw", asked.Caller));
        FrameType? answer = heard.Where(header => header.Correlation == 5).Select(header => (FrameType?)header.Type).SingleOrDefault();
        Assert.Equal(AnswerTo(type), answer);
        Assert.Equal(!Enders.Contains(type), heard.Any(header => header.Correlation == 6));
    }

    [Theory]
    [InlineData(FrameOptions.None, true)]
    [InlineData(FrameOptions.Skippable, false)]
    public async Task A_type_of_a_later_version_is_answered_by_an_error_unless_it_may_be_skipped(FrameOptions options, bool isAnswered)
    {
        await using var plane = new Plane(NetworkKind.Twin);
        plane.Node.IsRecording = true;
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync();
        int errorCount = 0;
        int unknownCount = 0;
        for (int type = 0; type <= byte.MaxValue; type++)
        {
            if (Enum.IsDefined((FrameType)type)) continue;
            unknownCount++;
            await peer.SendAsync(Ask.Frame((FrameType)type, (ulong)type, [1, 2, 3], [4, 5], options));
        }

        await peer.SendAsync(Ask.Frame(1000, Ask.Tagged(1, 8)));
        while (await peer.NextAsync() is { } next && next.Header.Correlation != 1000)
        {
            Assert.Equal((FrameType.Error, RefusalReason.UnknownType), (next.Header.Type, Refusal.Read(next.Body).Reason));
            errorCount++;
        }

        Assert.Equal(isAnswered ? unknownCount : 0, errorCount);
        Assert.Single(plane.Node.Asked);
    }

    /// <summary>What this version answers. A type that stands nowhere here has nobody who thought about it.</summary>
    private static FrameType? AnswerTo(FrameType type) => type switch
    {
        FrameType.Read => FrameType.ReadReply,
        FrameType.ReadBatch => FrameType.ReadBatchReply,
        FrameType.Write or FrameType.CompareExchange or FrameType.Add => FrameType.WriteReply,
        FrameType.WriteBatch => FrameType.WriteBatchReply,
        FrameType.Ping => FrameType.Pong,
        FrameType.Pong or FrameType.Hello or FrameType.Welcome or FrameType.Refusal => null,
        FrameType.None or FrameType.Error or FrameType.Drain => FrameType.Error,
        FrameType.ReadReply or FrameType.WriteReply or FrameType.ReadBatchReply or FrameType.WriteBatchReply => FrameType.Error,
        _ when FrameTypes.IsMessage(type) => FrameType.Error, // between nodes: this port serves none yet
        _ => throw new InvalidOperationException($"What comes of {type} is not decided here."),
    };

    private static byte[] Sound(FrameType type, ulong correlation) => type switch
    {
        FrameType.Hello => RawPeer.Greeting.ToFrame(),
        FrameType.Welcome => new Welcome(1, new NodeIncarnation(7), WireFeatures.None, 4096, 16).ToFrame(),
        FrameType.Refusal or FrameType.Error => new Refusal(RefusalReason.Leaving, "because").ToFrame(type, correlation),
        FrameType.Read => Ask.Frame(correlation, Ask.Read(0, 0, 8)),
        FrameType.Write => Ask.Frame(correlation, Ask.Write(0, 0, 8), new byte[8]),
        FrameType.CompareExchange => Ask.Frame(correlation, Ask.CompareExchange(0, 0, 0, 1), []),
        FrameType.Add => Ask.Frame(correlation, Ask.Add(0, 0, 1), []),
        FrameType.ReadBatch => Ask.Frame(correlation, [Ask.Read(0, 0, 8)]),
        FrameType.WriteBatch => Ask.Frame(correlation, [Ask.Write(0, 0, 8)], new byte[8]),
        _ => Ask.Frame(type, correlation, default, default),
    };
}
