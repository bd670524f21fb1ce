pub struct Lost; pub struct MemberRule; pub struct Stand; pub struct Vacancy; pub fn lose(){}
