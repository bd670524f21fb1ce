pub struct Bound; pub struct Closed; pub struct Closing; pub fn close(){}
