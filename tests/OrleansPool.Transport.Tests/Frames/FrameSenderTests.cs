using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Frames;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Frames;

public sealed class FrameSenderTests
{
    [Fact]
    public void No_frame_is_forgotten_between_one_who_stops_sending_and_one_who_begins()
    {
        var sender = new FrameSender(new Sink(), Lane.Express, new TransportOptions());
        var meeting = new Meeting();
        int forgottenCount = 0;
        Thread other = new(() => Run(1));
        other.Start();
        Run(0);
        other.Join();
        Assert.Equal(0, forgottenCount);

        void Run(int party)
        {
            var random = new Random(party);
            for (int i = 0; i < 50_000; i++)
            {
                int delay = random.Next(30);
                meeting.Wait(party);
                Thread.SpinWait(delay);
                var frame = new ShortFrame(FrameType.Ping, 1);
                sender.TryAppend(ref frame);
                sender.Flush();
                meeting.Wait(party);
                if (sender.PendingBytes != 0) Interlocked.Increment(ref forgottenCount);
                meeting.Wait(party);
            }
        }
    }

    [Fact]
    public void What_is_corked_leaves_when_it_is_uncorked_or_is_much()
    {
        var sink = new Sink();
        var sender = new FrameSender(sink, Lane.Express, new TransportOptions());
        sender.Cork();
        var frame = new MadeFrame(new byte[1000]);
        sender.TryAppend(ref frame);
        sender.Flush();
        Assert.Equal(0, sink.Count);
        sender.Uncork();
        Assert.Equal(1000, sink.Count);
        sender.Cork();
        for (int i = 0; i < 100; i++)
        {
            sender.TryAppend(ref frame);
            sender.Flush();
        }

        Assert.True(sink.Count > 50_000, $"Only {sink.Count} bytes have left.");
        sender.Uncork();
        Assert.Equal(101_000, sink.Count);
    }

    private sealed class Sink : IByteChannel
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public string RemoteName => "sink";

        public ChannelStatus TryReceive(Span<byte> buffer, out int count) => throw new NotSupportedException();

        public bool WaitReadable(TimeSpan patience) => throw new NotSupportedException();

        public ValueTask WaitReadableAsync() => throw new NotSupportedException();

        public ChannelStatus TrySend(ReadOnlySpan<byte> bytes, out int count)
        {
            count = bytes.Length;
            Interlocked.Add(ref _count, count);
            return ChannelStatus.Ok;
        }

        public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => new(true);

        public void Dispose()
        {
        }
    }
}
