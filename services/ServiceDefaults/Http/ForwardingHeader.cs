namespace NewsPlatform.ServiceDefaults;

/// <summary>Which of the two ways to name a client is read.</summary>
public enum ForwardingHeader
{
    /// <summary>X-Forwarded-For, -Proto and -Host; RFC 7239's Forwarded only where none of them is there. They are never mixed.</summary>
    Either,

    /// <summary>X-Forwarded-For, -Proto and -Host.</summary>
    XForwarded,

    /// <summary>Forwarded (RFC 7239).</summary>
    Forwarded,
}
