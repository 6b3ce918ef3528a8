using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Frames;
using OrleansPool.Transport.Tests.Fakes;
using OrleansPool.Transport.Twin;

namespace OrleansPool.Transport.Tests.Frames;

/// <summary>When a thread may lose its turn: in users' code, and only if it has been in the same piece of it since the last look.</summary>
public sealed class FrameReceiverTests
{
    private Action _onFrame = () => { };
    private Action _onContinuation = () => { };
    private Action _onQueued = () => { };

    [Fact]
    public async Task A_thread_that_is_in_another_piece_of_code_at_each_look_keeps_its_turn()
    {
        FrameReceiver receiver = await ReceiverAsync(frameCount: 10);
        int lookCount = 0;
        _onContinuation = () =>
        {
            lookCount++;
            Assert.False(receiver.TryTakeTurn(null, out _));
        };
        Assert.Equal(ReceiverPace.Again, receiver.Round(receiver.Term));
        Assert.Equal((10, 0), (lookCount, receiver.StallCount));
    }

    [Fact]
    public async Task A_thread_that_is_in_the_same_piece_of_code_at_two_looks_loses_its_turn_and_the_rest_is_there_for_the_next()
    {
        FrameReceiver receiver = await ReceiverAsync(frameCount: 3);
        int callCount = 0;
        _onContinuation = () =>
        {
            if (++callCount != 2) return;
            Assert.False(receiver.TryTakeTurn(null, out _));
            Assert.True(receiver.TryTakeTurn(null, out int term));
            Assert.Equal(1, term);
        };
        Assert.Equal(ReceiverPace.Deposed, receiver.Round(receiver.Term));
        Assert.Equal((2, 1, 1), (callCount, receiver.StallCount, receiver.Term));
        int frameCount = 0;
        _onFrame = () => frameCount++;
        receiver.MayRunInline = false;
        Assert.Equal(ReceiverPace.Again, receiver.HandleFrames(receiver.Term));
        Assert.Equal(1, frameCount);
    }

    [Fact]
    public async Task A_thread_that_handles_frames_keeps_its_turn_however_often_somebody_looks()
    {
        FrameReceiver receiver = await ReceiverAsync(frameCount: 5);
        _onFrame = () =>
        {
            for (int look = 0; look < 3; look++) Assert.False(receiver.TryTakeTurn(null, out _));
        };
        Assert.Equal(ReceiverPace.Again, receiver.Round(receiver.Term));
        Assert.Equal(0, receiver.StallCount);
    }

    [Fact]
    public async Task Who_waits_for_an_answer_that_is_being_handled_when_the_connection_ends_goes_on()
    {
        FrameReceiver receiver = await ReceiverAsync(frameCount: 2);
        int queuedCount = 0;
        _onFrame = () => receiver.End(RefusalReason.Leaving, "the end");
        _onQueued = () => queuedCount++;
        Assert.Equal(ReceiverPace.Ended, receiver.Round(receiver.Term));
        Assert.Equal(1, queuedCount);
    }

    private async Task<FrameReceiver> ReceiverAsync(int frameCount)
    {
        var network = new MemoryNetwork();
        using IAcceptor acceptor = network.Listen("here", 0);
        IByteChannel near = await network.DialAsync(acceptor.Endpoint, CancellationToken.None);
        using IIncoming incoming = (await acceptor.AcceptAsync())!;
        IByteChannel far = await incoming.OpenAsync(CancellationToken.None);
        for (int i = 0; i < frameCount; i++) Assert.True(await near.SendAsync(Ask.Frame((ulong)i, Ask.Read(0, 0, 8)), CancellationToken.None));
        var options = new TransportOptions();
        var receiver = new FrameReceiver(far, Lane.Express, new FrameSender(far, Lane.Express, options), new Handler(this), options) { MayRunInline = true };
        receiver.Attach();
        return receiver;
    }

    private sealed class Handler(FrameReceiverTests test) : IFrameHandler, IContinuation
    {
        public bool IsFull => false;

        public IContinuation? OnFrame(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
        {
            test._onFrame();
            return this;
        }

        public void Run(bool isInline)
        {
            if (isInline) test._onContinuation();
            else test._onQueued();
        }

        public void OnEnded(RefusalReason reason, string message)
        {
        }
    }
}
