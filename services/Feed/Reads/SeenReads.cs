using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NewsPlatform.Feed.Reads;

/// <summary>
/// Which client has read which story in the present window, as far as counting needs it: so that no client moves a ranking by asking again
/// and again, nor by going through all the stories.
/// </summary>
/// <remarks>
/// <para>
/// What is kept are bits and small numbers at places that a keyed hash of client and story names (a Bloom filter and a count-min sketch).
/// The key is random, differs between processes and windows, and is forgotten with them: neither who read nor what somebody read can be
/// told from it. The memory is the same whoever comes. Where two fall on the same places, and when there is no more room, a read counts for
/// seen: it is left out, and never counted twice.
/// </para>
/// <para>
/// A client is an address, and nothing that it says of itself, since it could say something else each time. Each instance sees for itself:
/// behind several, one client counts as often as there are instances; and twice within a short time where one window ends and the next
/// begins.
/// </para>
/// </remarks>
public sealed class SeenReads(ReadsOptions options, TimeProvider clock)
{
    const int Hashes = 4;

    /// <summary>Bits for each read that is remembered: at most one in forty that are new is taken for seen.</summary>
    const int BitsPerRead = 8;

    readonly Lock turning = new();
    volatile Window window = new(0, options);

    sealed class Window(long number, ReadsOptions options)
    {
        /// <summary>Three quarters of the memory for the filter, the rest for the numbers.</summary>
        readonly long[] filter = new long[options.SeenMegabytes * 1_048_576L * 3 / 4 / sizeof(long)];
        readonly int[] numbers = new int[options.SeenMegabytes * 1_048_576L / 4 / sizeof(int)];
        readonly byte[] key = RandomNumberGenerator.GetBytes(32);
        readonly Lock remembering = new();
        long remembered;

        public long Number => number;

        public bool TryCount(string client, Guid story)
        {
            Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(client.Length) + 16 + sizeof(int)];
            var its = Encoding.UTF8.GetBytes(client, text);
            Span<byte> places = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(key, text[..its], places);
            Span<byte> read = stackalloc byte[HMACSHA256.HashSizeInBytes];
            story.TryWriteBytes(text[its..]);
            for (var time = 0; time < options.PerClient; time++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(text[(its + 16)..], time);
                HMACSHA256.HashData(key, text[..(its + 16 + sizeof(int))], read);
                // One at a time: of two that set the same bits at once, each could find one of them new.
                lock (remembering)
                {
                    if (Given(places) >= options.PerClientOfAll || remembered >= (long)filter.Length * 64 / BitsPerRead)
                    {
                        return false;
                    }
                    if (TryRemember(read))
                    {
                        remembered++;
                        Give(places);
                        return true;
                    }
                }
            }
            return false;
        }

        /// <summary>Whether it was not there yet.</summary>
        bool TryRemember(ReadOnlySpan<byte> hash)
        {
            var isNew = false;
            for (var i = 0; i < Hashes; i++)
            {
                var place = Place(hash, i, (ulong)filter.Length * 64);
                var bit = 1L << (int)(place % 64);
                isNew |= (filter[place / 64] & bit) == 0;
                filter[place / 64] |= bit;
            }
            return isNew;
        }

        /// <summary>As many as the client has given, or more where others fall on all of its places.</summary>
        int Given(ReadOnlySpan<byte> hash)
        {
            var least = int.MaxValue;
            for (var i = 0; i < Hashes; i++)
            {
                least = Math.Min(least, numbers[Place(hash, i, (ulong)numbers.Length)]);
            }
            return least;
        }

        void Give(ReadOnlySpan<byte> hash)
        {
            for (var i = 0; i < Hashes; i++)
            {
                numbers[Place(hash, i, (ulong)numbers.Length)]++;
            }
        }

        static ulong Place(ReadOnlySpan<byte> hash, int number, ulong places) =>
            BinaryPrimitives.ReadUInt64LittleEndian(hash[(number * sizeof(ulong))..]) % places;
    }

    /// <summary>Whether the client's reading of the story counts; it does not do so again for the rest of the window.</summary>
    public bool TryCount(string client, Guid story)
    {
        var number = clock.GetUtcNow().UtcTicks / TimeSpan.FromMinutes(options.WindowMinutes).Ticks;
        if (window.Number != number)
        {
            lock (turning)
            {
                if (window.Number < number)
                {
                    window = new(number, options);
                }
            }
        }
        return window.TryCount(client, story);
    }
}
