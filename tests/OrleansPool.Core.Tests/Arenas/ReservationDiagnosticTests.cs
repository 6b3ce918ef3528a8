using System.Buffers;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class ReservationDiagnosticTests
{
    private static (Arena Arena, Reservation Reservation) Make()
    {
        Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20, Diagnostic = true });
        Assert.True(Reservation.TryMake(arena, 128, 10, "the camera", out Reservation? reservation));
        return (arena, reservation);
    }

    [Fact]
    public void Right_use_passes()
    {
        (Arena arena, Reservation reservation) = Make();
        for (int i = 0; i < 100; i++)
        {
            Assert.True(reservation.TryTake(out LocalBlock block, out Span<byte> bytes));
            Assert.False(bytes.ContainsAnyExcept((byte)0));
            bytes.Fill(1);
            MemoryHandle pin = i % 2 == 0 ? reservation.GetMemory(block).Pin() : default;
            reservation.Return(block);
            pin.Dispose();
        }
        reservation.CheckInvariants();
        reservation.Dispose();
        arena.Dispose();
    }

    [Fact]
    public void A_write_past_the_end_is_found_on_return()
    {
        (_, Reservation reservation) = Make();
        Assert.True(reservation.TryTake(out LocalBlock block));
        unsafe
        {
            using MemoryHandle pin = reservation.GetMemory(block).Pin();
            ((byte*)pin.Pointer)[128] = 1;
        }
        Assert.Contains("'the camera'", Assert.Throws<ArenaFaultException>(() => reservation.Return(block)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_after_return_is_found_before_the_block_is_taken_again()
    {
        (_, Reservation reservation) = Make();
        Assert.True(reservation.TryTake(out LocalBlock block, out Span<byte> kept));
        reservation.Return(block);
        kept[7] = 1;
        ArenaFaultException fault = Assert.Throws<ArenaFaultException>(() => reservation.TryTake(out _));
        Assert.Contains($"Block {block.Index} was written at byte 7", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disposing_the_arena_names_the_reservation_and_the_blocks_that_are_still_taken()
    {
        (Arena arena, Reservation reservation) = Make();
        Assert.True(reservation.TryTake(out LocalBlock block));
        reservation.Dispose();
        string message = Assert.Throws<ArenaFaultException>(arena.Dispose).Message;
        Assert.Contains($"block {block.Index} of the reservation of 'the camera'", message, StringComparison.Ordinal);
    }
}
