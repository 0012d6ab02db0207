namespace NewsPlatform.Notifications.Outbound;

/// <summary>
/// How much of something runs at once for each domain, so that one which is slow takes up no more than its share. A domain is known while
/// something of it runs, and no longer.
/// </summary>
/// <param name="most">That run at once of one domain.</param>
public sealed class Lanes(int most)
{
    readonly Lock gate = new();
    readonly Dictionary<string, int> running = new(StringComparer.Ordinal);

    public int Most => most;

    /// <summary>Of what runs now: the domains, and how much of each.</summary>
    public (string[] Domains, int[] Running) Now()
    {
        lock (gate)
        {
            return ([.. running.Keys], [.. running.Values]);
        }
    }

    /// <summary>Those that no more may be begun of.</summary>
    public string[] Full()
    {
        lock (gate)
        {
            return [.. running.Where(domain => domain.Value >= most).Select(domain => domain.Key)];
        }
    }

    /// <summary>It runs, whether or not there was room.</summary>
    public void Enter(string domain)
    {
        if (domain.Length == 0)
        {
            return;
        }
        lock (gate)
        {
            running[domain] = running.GetValueOrDefault(domain) + 1;
        }
    }

    /// <returns>Whether there was room; what is of no domain always has it.</returns>
    public bool TryEnter(string domain)
    {
        if (domain.Length == 0)
        {
            return true;
        }
        lock (gate)
        {
            var now = running.GetValueOrDefault(domain);
            if (now >= most)
            {
                return false;
            }
            running[domain] = now + 1;
            return true;
        }
    }

    /// <summary>What had room has ended.</summary>
    public void Leave(string domain)
    {
        if (domain.Length == 0)
        {
            return;
        }
        lock (gate)
        {
            if (--running[domain] == 0)
            {
                running.Remove(domain);
            }
        }
    }
}
